import { crc32 } from 'node:zlib';

/** A value in Thrift's compact protocol: its wire type and its bytes. */
export interface Thrift {
  kind: number;
  bytes: Buffer;
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (; value >= 0x80n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(value)]);
}

function zigzag(value: number | bigint): Buffer {
  const big = BigInt(value);
  return varint(big < 0n ? -2n * big - 1n : 2n * big);
}

export const i8 = (value: number): Thrift => ({ kind: 3, bytes: Buffer.from([value]) });
export const i32 = (value: number): Thrift => ({ kind: 5, bytes: zigzag(value) });
export const i64 = (value: number): Thrift => ({ kind: 6, bytes: zigzag(value) });
export const text = (value: string): Thrift => ({
  kind: 8,
  bytes: Buffer.concat([varint(BigInt(Buffer.byteLength(value))), Buffer.from(value)]),
});

/** Fields by their numbers. */
export function struct(fields: Record<number, Thrift>): Thrift {
  let last = 0;
  const parts = Object.entries(fields).map(([id, { kind, bytes }]) => {
    const delta = Number(id) - last;
    const header = delta > 15 ? Buffer.concat([Buffer.from([kind]), zigzag(Number(id))]) : Buffer.from([(delta << 4) | kind]);
    last = Number(id);
    return Buffer.concat([header, bytes]);
  });
  return { kind: 12, bytes: Buffer.concat([...parts, Buffer.from([0])]) };
}

export function list(kind: number, items: Thrift[]): Thrift {
  const header =
    items.length < 15
      ? Buffer.from([(items.length << 4) | kind])
      : Buffer.concat([Buffer.from([0xf0 | kind]), varint(BigInt(items.length))]);
  return { kind: 9, bytes: Buffer.concat([header, ...items.map((item) => item.bytes)]) };
}

/** Numbers of Parquet's enums. */
export const PHYSICAL = { BOOLEAN: 0, INT32: 1, INT64: 2, INT96: 3, FLOAT: 4, DOUBLE: 5, BYTE_ARRAY: 6, FIXED_LEN_BYTE_ARRAY: 7 } as const;

/** A node of the schema: fields of its Thrift beyond name, type and repetition; and for a leaf what its one page holds. */
export interface OddNode {
  name: string;
  repetition?: 'REQUIRED' | 'OPTIONAL' | 'REPEATED';
  more?: Record<number, Thrift>;
  children?: OddNode[];
  type?: keyof typeof PHYSICAL;
  /** Entries of the page, nulls included. */
  count?: number;
  /** Levels and values of the page, PLAIN. */
  page?: Buffer;
  /** The page's checksum is wrong. */
  wrongCrc?: boolean;
}

/** Levels that all are the same, as pages of version 1 have them. */
export function sameLevels(count: number, level: number): Buffer {
  const run = Buffer.concat([varint(BigInt(count) << 1n), Buffer.from([level])]);
  return Buffer.concat([int32s(run.length), run]);
}

/** Levels one by one, of at most 255. */
export function levels(values: number[]): Buffer {
  const runs = Buffer.concat(values.map((level) => Buffer.from([2, level])));
  return Buffer.concat([int32s(runs.length), runs]);
}

export function int32s(...values: number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer);
}

export function int64s(...values: bigint[]): Buffer {
  return Buffer.from(BigInt64Array.from(values).buffer);
}

export function byteArrays(...values: (string | Buffer)[]): Buffer {
  return Buffer.concat(values.map((value) => Buffer.concat([int32s(Buffer.byteLength(value)), Buffer.from(value)])));
}

/** A file of one row group, written by hand. `emptyKind`: the type that empty lists say their elements have. */
export function oddParquet(columns: OddNode[], rows: number, emptyKind?: number): Buffer {
  const parts: Buffer[] = [Buffer.from('PAR1')];
  let at = 4;
  const chunks: Thrift[] = [];
  const elements: Thrift[] = [struct({ 4: text('root'), 5: i32(columns.length) })];
  const visit = (node: OddNode, path: string[]): void => {
    const { name, repetition = 'REQUIRED', more = {}, children, type, count = rows, page = Buffer.alloc(0), wrongCrc } = node;
    const own: Record<number, Thrift> = { 3: i32(['REQUIRED', 'OPTIONAL', 'REPEATED'].indexOf(repetition)), 4: text(name), ...more };
    if (type !== undefined) own[1] = i32(PHYSICAL[type]);
    if (children !== undefined) own[5] = i32(children.length);
    elements.push(struct(own));
    for (const child of children ?? []) visit(child, [...path, name]);
    if (type === undefined) return;
    const crc = (crc32(page) ^ (wrongCrc === true ? 1 : 0)) | 0;
    const data = struct({ 1: i32(count), 2: i32(0), 3: i32(3), 4: i32(3) });
    const header = struct({ 1: i32(0), 2: i32(page.length), 3: i32(page.length), 4: i32(crc), 5: data }).bytes;
    const length = header.length + page.length;
    const encodings = list(5, [i32(0), i32(3)]);
    const names = list(8, [...path, name].map(text));
    const metadata = struct({
      1: i32(PHYSICAL[type]),
      2: encodings,
      3: names,
      4: i32(0),
      5: i64(count),
      6: i64(length),
      7: i64(length),
      9: i64(at),
    });
    chunks.push(struct({ 2: i64(at), 3: metadata }));
    parts.push(header, page);
    at += length;
  };
  for (const column of columns) visit(column, []);
  const empty = emptyKind === undefined ? {} : { 5: list(emptyKind, []) };
  const groups =
    rows === 0 && emptyKind !== undefined ? list(emptyKind, []) : list(12, [struct({ 1: list(12, chunks), 2: i64(at), 3: i64(rows) })]);
  const footer = struct({ 1: i32(1), 2: list(12, elements), 3: i64(rows), 4: groups, ...empty, 6: text('odd writer 1.0') }).bytes;
  return Buffer.concat([...parts, footer, int32s(footer.length), Buffer.from('PAR1')]);
}
