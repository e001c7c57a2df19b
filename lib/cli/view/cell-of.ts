import { types } from 'node:util';
import { printable } from '../output/printable.js';
import { imageKind } from './image-kind.js';
import { isChat } from './is-chat.js';
import type { Cell, CellKind } from './wire.js';

/** Code units of a cell's text. */
const MOST_CHARS = 160;
/** Elements or keys that a cell looks at. */
const MOST_ITEMS = 24;

/** The cell of a value that may be missing: what is shown costs the same, however large the value is. */
export function cellOf(row: Readonly<Record<string, unknown>>, column: string): Cell {
  return Object.hasOwn(row, column) ? cellOfValue(row[column]) : ['missing', ''];
}

/** The cell of a value. */
export function cellOfValue(value: unknown): Cell {
  const kind = cellKind(value);
  switch (kind) {
    case 'null':
    case 'undefined':
      return [kind, kind];
    case 'string': {
      const text = value as string;
      return text.length > MOST_CHARS ? [kind, printable(cut(text, MOST_CHARS)), text.length] : [kind, printable(text)];
    }
    case 'number':
      return [kind, Object.is(value, -0) ? '-0' : String(value)];
    case 'bytes':
    case 'image':
      return [kind, hexOf(value as Uint8Array, 16), (value as Uint8Array).length];
    case 'list':
    case 'chat':
      return [kind, lineOf(value), (value as ArrayLike<unknown>).length];
    case 'object':
      return [kind, lineOf(value), Object.keys(value as object).length];
    case 'date':
      return [kind, dateText(value as Date)];
    default:
      return [kind, cut(String(value), MOST_CHARS)];
  }
}

/** What a value is. */
export function cellKind(value: unknown): CellKind {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'undefined':
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'string':
      return typeof value as CellKind;
    default:
      break;
  }
  if (types.isDate(value)) return 'date';
  if (types.isUint8Array(value)) return imageKind(value) === undefined ? 'bytes' : 'image';
  if (Array.isArray(value)) return isChat(value) ? 'chat' : 'list';
  return ArrayBuffer.isView(value) ? 'list' : 'object';
}

/** A date as people read it; one without a time says so. */
export function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString();
}

/** The first bytes in hexadecimal digits. */
export function hexOf(bytes: Uint8Array, most: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, most)).toString('hex');
}

/** The beginning of a text, that ends with no half of a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
}

/** A list or an object in one line, as far as there is room. */
function lineOf(value: unknown): string {
  const line = new Line();
  line.add(value);
  return printable(cut(line.text, MOST_CHARS));
}

/** Writes values as JSON does, until the line is full. */
class Line {
  text = '';

  add(value: unknown): void {
    const kind = cellKind(value);
    if (kind === 'string') this.text += JSON.stringify(cut(value as string, MOST_CHARS));
    else if (kind === 'list' || kind === 'chat') this.#list(value as ArrayLike<unknown>);
    else if (kind === 'object') this.#object(value as Record<string, unknown>);
    else this.text += kind === 'bytes' || kind === 'image' ? `${(value as Uint8Array).length} bytes` : cellOfValue(value)[1];
  }

  get #isFull(): boolean {
    return this.text.length > MOST_CHARS;
  }

  #list(list: ArrayLike<unknown>): void {
    this.text += '[';
    for (let index = 0; index < list.length && !this.#isFull; index++) {
      if (index > 0) this.text += ', ';
      if (index === MOST_ITEMS) {
        this.text += '…';
        break;
      }
      this.add(list[index]);
    }
    this.text += ']';
  }

  #object(object: Record<string, unknown>): void {
    this.text += '{';
    let index = 0;
    for (const key of Object.keys(object)) {
      if (this.#isFull) break;
      if (index > 0) this.text += ', ';
      if (index++ === MOST_ITEMS) {
        this.text += '…';
        break;
      }
      this.text += `${cut(key, MOST_CHARS)}: `;
      this.add(object[key]);
    }
    this.text += '}';
  }
}
