import { MAX_STRING_UNITS, textOfUnits } from '../read/long-text.js';
import { BaseColumn, type Odd } from './base-column.js';
import type { StringChunk, TextChunk } from './column.js';
import { ChunkPlaces } from './chunk-places.js';

/** A column of texts. */
export class StringColumn extends BaseColumn {
  readonly kind = 'string';
  readonly #places: ChunkPlaces;

  constructor(
    name: string,
    readonly chunks: readonly StringChunk[],
    validity: Uint8Array | null,
    odd: Odd,
  ) {
    const places = new ChunkPlaces(chunks);
    super(name, places.length, validity, odd);
    this.#places = places;
  }

  protected valid(index: number): string {
    const [number, at] = this.#places.of(index);
    const chunk = this.chunks[number] as StringChunk;
    return 'codes' in chunk ? (chunk.dictionary[chunk.codes[at] as number] as string) : textAt(chunk, at);
  }

  take(rows: readonly number[]): StringColumn {
    const [first] = this.chunks;
    const isOne = this.chunks.length === 1 && first !== undefined && 'codes' in first;
    const chunk: StringChunk = isOne
      ? { length: rows.length, codes: Uint32Array.from(rows, (row) => first.codes[row] as number), dictionary: first.dictionary }
      : textChunk(rows.map((row) => (this.validity === null || this.validity[row] === 1 ? this.valid(row) : '')));
    return new StringColumn(this.name, [chunk], this.takeValidity(rows), this.takeOdd(rows));
  }
}

function textAt({ offsets, data }: TextChunk, index: number): string {
  const start = offsets[index] as number;
  const end = offsets[index + 1] as number;
  const unit = data.BYTES_PER_ELEMENT;
  const bytes = Buffer.from(data.buffer, data.byteOffset + start * unit, (end - start) * unit);
  return textOfUnits(bytes, unit === 2);
}

/** A chunk of these texts. */
export function textChunk(texts: readonly string[]): TextChunk {
  const offsets = new Uint32Array(texts.length + 1);
  texts.forEach((text, index) => (offsets[index + 1] = (offsets[index] as number) + text.length));
  const units = offsets[texts.length] as number;
  const data = new Uint16Array(units);
  const bytes = Buffer.from(data.buffer);
  // One write is cheaper than one for each, as long as one string can hold all.
  if (units <= MAX_STRING_UNITS) bytes.write(texts.join(''), 'utf16le');
  else texts.forEach((text, index) => bytes.write(text, (offsets[index] as number) * 2, 'utf16le'));
  return { length: texts.length, offsets, data };
}
