import { NO_BYTES, type ArrowPart } from './arrow-part.js';
import { flatBytes, type FlatValue } from './flat-writer.js';
import { schemaTable, type IpcField } from './ipc-schema.js';

/** Of `Message` in Message.fbs. */
const VERSION_5 = 4;
const HEADER = { schema: 1, dictionary: 2, batch: 3 } as const;

/** Announces a message, and with no length after it the end. */
const CONTINUES = [0xff, 0xff, 0xff, 0xff];
const ALIGN = 8;

/**
 * The pieces of an IPC stream, one after another: https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format. Pieces of
 * values are those of the table, and no copies.
 */
export class IpcWriter {
  readonly #fields: readonly IpcField[];
  /** Of each number the dictionary that was written last. */
  readonly #dictionaries = new Map<number, object>();

  constructor(fields: readonly IpcField[]) {
    this.#fields = fields;
  }

  schema(): Uint8Array[] {
    return message(HEADER.schema, schemaTable(this.#fields), []);
  }

  /** A batch, after those of its dictionaries that the one before it did not have. */
  batch(rows: number, columns: readonly ArrowPart[]): Uint8Array[] {
    const pieces = this.#fields.flatMap((field, index) => this.#dictionariesOf(field, columns[index] as ArrowPart));
    const { table, body } = batchOf(rows, columns);
    return [...pieces, ...message(HEADER.batch, table, body)];
  }

  end(): Uint8Array[] {
    return [Uint8Array.of(...CONTINUES, 0, 0, 0, 0)];
  }

  #dictionariesOf({ dictionary, children }: IpcField, part: ArrowPart): Uint8Array[] {
    const inside = (of: ArrowPart): Uint8Array[] =>
      children.flatMap((child, index) => this.#dictionariesOf(child, of.children[index] as ArrowPart));
    if (dictionary === undefined) return inside(part);
    const { id } = dictionary;
    const { of, chunks } = part.dictionary as NonNullable<ArrowPart['dictionary']>;
    if (this.#dictionaries.get(id) === of) return [];
    this.#dictionaries.set(id, of);
    const pieces: Uint8Array[] = [];
    for (const [index, chunk] of chunks().entries()) {
      const { table, body } = batchOf(chunk.length, [chunk]);
      pieces.push(...inside(chunk), ...message(HEADER.dictionary, [{ int64: id }, { table }, { int8: index > 0 ? 1 : 0 }], body));
    }
    return pieces;
  }
}

/** `RecordBatch` of Message.fbs, and what it is of. */
function batchOf(rows: number, parts: readonly ArrowPart[]): { table: (FlatValue | undefined)[]; body: ArrayBufferView[] } {
  const nodes: [number, number][] = [];
  const regions: [number, number][] = [];
  const variadic: number[] = [];
  const body: ArrayBufferView[] = [];
  let at = 0;
  const add = (part: ArrowPart): void => {
    nodes.push([part.length, part.nulls]);
    if (part.variadic !== undefined) variadic.push(part.variadic);
    for (const buffer of part.buffers) {
      regions.push([at, buffer.byteLength]);
      body.push(buffer);
      at += padded(buffer.byteLength);
    }
    for (const child of part.children) add(child);
  };
  for (const part of parts) add(part);
  return { table: [{ int64: rows }, { pairs: nodes }, { pairs: regions }, undefined, { int64s: variadic }], body };
}

function message(kind: number, header: (FlatValue | undefined)[], body: readonly ArrayBufferView[]): Uint8Array[] {
  const bodyBytes = body.reduce((sum, { byteLength }) => sum + padded(byteLength), 0);
  const head = flatBytes([{ int16: VERSION_5 }, { int8: kind }, { table: header }, { int64: bodyBytes }]);
  const prefix = new Uint8Array(ALIGN);
  prefix.set(CONTINUES);
  new DataView(prefix.buffer).setInt32(CONTINUES.length, head.length, true);
  return [prefix, head, ...body.flatMap(withPadding)];
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGN) * ALIGN;
}

function withPadding({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array[] {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const missing = padded(byteLength) - byteLength;
  return [bytes, missing === 0 ? NO_BYTES : new Uint8Array(missing)];
}
