/** The two binary parts of a VARIANT. */
export interface VariantBytes {
  metadata: Buffer;
  value: Buffer;
}

/** Bytes that stand for a value as they are. */
export class Raw {
  constructor(readonly bytes: Buffer) {}
}

/** A primitive value: the number of its type, and its bytes. */
export function primitive(type: number, bytes: Buffer | number[] = []): Raw {
  return new Raw(Buffer.concat([Buffer.from([type << 2]), Buffer.from(bytes)]));
}

/** A primitive value of a fixed size; `write` is a method of Buffer. */
export function fixed(type: number, size: number, write: (bytes: Buffer) => void): Raw {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return primitive(type, bytes);
}

/** How sizes are written: in as few bytes as they need, or in as many as there may be. */
export interface Widths {
  wide?: boolean;
}

/** The VARIANT of a JSON value with {@link Raw} in it, by parquet-format's VariantEncoding.md. Integers are int64, others doubles. */
export function variantBytes(value: unknown, widths: Widths = {}): VariantBytes {
  const names = [...new Set(namesIn(value))];
  return { metadata: metadataOf(names, widths), value: encode(value, new Map(names.map((name, id) => [name, id])), widths) };
}

export function metadataOf(names: readonly string[], { wide = false }: Widths = {}): Buffer {
  const texts = names.map((name) => Buffer.from(name));
  const ends = texts.map((_, at) => texts.slice(0, at + 1).reduce((sum, text) => sum + text.length, 0));
  const width = wide ? 4 : widthOf(Math.max(ends.at(-1) ?? 0, names.length));
  return Buffer.concat([
    Buffer.from([1 | ((width - 1) << 6)]),
    ...[names.length, 0, ...ends].map((number) => uint(number, width)),
    ...texts,
  ]);
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (value === null || typeof value !== 'object' || value instanceof Raw) return [];
  return [...Object.keys(value), ...Object.values(value).flatMap(namesIn)];
}

function encode(value: unknown, ids: ReadonlyMap<string, number>, widths: Widths): Buffer {
  if (value instanceof Raw) return value.bytes;
  if (value === null) return Buffer.from([0]);
  if (typeof value === 'boolean') return Buffer.from([(value ? 1 : 2) << 2]);
  if (typeof value === 'number' || typeof value === 'bigint') return number(value);
  if (typeof value === 'string') return string(value);
  const isList = Array.isArray(value);
  const entries = Object.entries(value as object).sort(([a], [b]) => (isList ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))));
  const parts = entries.map(([, member]) => encode(member, ids, widths));
  const offsets = [0];
  for (const part of parts) offsets.push((offsets.at(-1) as number) + part.length);
  const width = widths.wide === true ? 4 : widthOf(offsets.at(-1) as number);
  const idWidth = widths.wide === true ? 4 : widthOf(ids.size);
  const large = widths.wide === true || parts.length > 255 ? 1 : 0;
  const header = isList ? (large << 2) | (width - 1) : (large << 4) | ((idWidth - 1) << 2) | (width - 1);
  return Buffer.concat([
    Buffer.from([(header << 2) | (isList ? 3 : 2)]),
    uint(parts.length, large === 1 ? 4 : 1),
    ...(isList ? [] : entries.map(([name]) => uint(ids.get(name) as number, idWidth))),
    ...offsets.map((offset) => uint(offset, width)),
    ...parts,
  ]);
}

function number(value: number | bigint): Buffer {
  const isInteger = typeof value === 'bigint' || (Number.isSafeInteger(value) && !Object.is(value, -0));
  return fixed(isInteger ? 6 : 7, 8, (bytes) => {
    if (isInteger) bytes.writeBigInt64LE(BigInt(value));
    else bytes.writeDoubleLE(value as number);
  }).bytes;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length < 64) return Buffer.concat([Buffer.from([(bytes.length << 2) | 1]), bytes]);
  return primitive(16, Buffer.concat([uint(bytes.length, 4), bytes])).bytes;
}

function widthOf(most: number): number {
  return most < 0x100 ? 1 : most < 0x1_0000 ? 2 : most < 0x100_0000 ? 3 : 4;
}

export function uint(value: number, width: number): Buffer {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntLE(value, 0, width);
  return bytes;
}
