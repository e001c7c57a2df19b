/** A value of Thrift's compact protocol, for {@link thrift}. */
export type Thrift =
  | { i8: number }
  | { i16: number }
  | { i32: number }
  | { i64: number | bigint }
  | { bool: boolean }
  | { binary: string | Uint8Array }
  | { struct: ThriftFields }
  | { list: Thrift[]; kind?: number }
  | { raw: number[]; kind: number };

/** The fields of a structure by their numbers; an undefined one is left out. */
export type ThriftFields = Record<number, Thrift | undefined>;

const KINDS = { i8: 3, i16: 4, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left >>= 7n) {
    if (left < 128n) return [...bytes, Number(left)];
    bytes.push(Number(left & 127n) | 128);
  }
}

function zigzag(value: number | bigint): number[] {
  const number = BigInt(value);
  return varint(number < 0n ? -number * 2n - 1n : number * 2n);
}

function kindOf(value: Thrift): number {
  if ('raw' in value) return value.kind;
  if ('bool' in value) return value.bool ? 1 : 2;
  return KINDS[Object.keys(value).find((key) => key in KINDS) as keyof typeof KINDS];
}

function bytesOf(value: Thrift): number[] {
  if ('raw' in value) return value.raw;
  if ('bool' in value) return [];
  if ('i8' in value) return [value.i8 & 255];
  if ('i16' in value) return zigzag(value.i16);
  if ('i32' in value) return zigzag(value.i32);
  if ('i64' in value) return zigzag(value.i64);
  if ('struct' in value) return thrift(value.struct);
  if ('binary' in value) {
    const bytes = Buffer.from(value.binary as string);
    return [...varint(BigInt(bytes.length)), ...bytes];
  }
  const { list } = value;
  const kind = value.kind ?? (list[0] === undefined ? KINDS.struct : kindOf(list[0]));
  const head = list.length < 15 ? [(list.length << 4) | kind] : [0xf0 | kind, ...varint(BigInt(list.length))];
  return [...head, ...list.flatMap(bytesOf)];
}

/** The bytes of a structure. */
export function thrift(fields: ThriftFields): number[] {
  const bytes: number[] = [];
  let last = 0;
  for (const [id, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    bytes.push(((Number(id) - last) << 4) | kindOf(value), ...bytesOf(value));
    last = Number(id);
  }
  return [...bytes, 0];
}

/** A page: what its header says, and its bytes. */
export interface TinyPage {
  header: ThriftFields;
  bytes: Uint8Array;
}

/** Numbers of the format. */
export const TYPE = { BOOLEAN: 0, INT32: 1, INT64: 2, INT96: 3, FLOAT: 4, DOUBLE: 5, BYTE_ARRAY: 6, FIXED: 7 } as const;

/** A data page of version 1, PLAIN; `changes` replaces fields of its header. */
export function plainPage(bytes: Uint8Array, values: number, changes: ThriftFields = {}): TinyPage {
  const inner = { 1: { i32: values }, 2: { i32: 0 }, 3: { i32: 3 }, 4: { i32: 3 } };
  return { header: { 1: { i32: 0 }, 2: { i32: bytes.length }, 3: { i32: bytes.length }, 5: { struct: inner }, ...changes }, bytes };
}

/** What a file is made of; each `...Changes` replaces fields of that structure. */
export interface TinyFile {
  /** The fields of the one column's schema element. */
  column: ThriftFields;
  pages: TinyPage[];
  rows: number;
  /** Schema elements between the root and the column, and the number of the root's children. */
  groups?: ThriftFields[];
  columnChanges?: ThriftFields;
  chunkChanges?: ThriftFields;
  groupChanges?: ThriftFields;
  footerChanges?: ThriftFields;
}

/** A Parquet file of one required column, whose every byte is chosen. */
export function tinyParquet({
  column,
  pages,
  rows,
  groups = [],
  columnChanges,
  chunkChanges,
  groupChanges,
  footerChanges,
}: TinyFile): Buffer {
  const chunk = pages.flatMap(({ header, bytes }) => [...thrift(header), ...bytes]);
  const metadata = {
    1: column[1],
    2: { list: [{ i32: 0 }] },
    3: { list: [{ binary: 'c' }] },
    4: { i32: 0 },
    5: { i64: rows },
    6: { i64: chunk.length },
    7: { i64: chunk.length },
    9: { i64: 4 },
    ...columnChanges,
  };
  const columnChunk = { 2: { i64: 4 }, 3: { struct: metadata }, ...chunkChanges };
  const group = { 1: { list: [{ struct: columnChunk }] }, 2: { i64: chunk.length }, 3: { i64: rows }, ...groupChanges };
  const leaf = { 3: { i32: 0 }, 4: { binary: 'c' }, ...column };
  const schema = [{ 4: { binary: 'root' }, 5: { i32: 1 } }, ...groups, leaf].map((fields) => ({ struct: fields as ThriftFields }));
  const footer = thrift({
    1: { i32: 1 },
    2: { list: schema },
    3: { i64: rows },
    4: { list: [{ struct: group }] },
    ...footerChanges,
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from(chunk), Buffer.from(footer), length, Buffer.from('PAR1')]);
}

/** PLAIN values of four bytes. */
export function int32s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, index * 4);
  return bytes;
}

/** PLAIN values of eight bytes. */
export function int64s(...values: bigint[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) bytes.writeBigInt64LE(value, index * 8);
  return bytes;
}

/** PLAIN texts. */
export function texts(...values: (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => {
      const bytes = Buffer.from(value as string);
      return [int32s(bytes.length), bytes];
    }),
  );
}
