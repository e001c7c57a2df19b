import type { Row } from '../base/rows.js';
import type { Compat } from '../options/compat.js';
import type { CompatCodec, Decode } from './codec.js';
import { codec as docetl } from './docetl/codec.js';
import { codec as kura } from './kura/codec.js';

/** The codec of a program. */
export function codecOf(compat: Compat): CompatCodec {
  return compat === 'docetl' ? docetl : kura;
}

/** Decodes the rows from `from` to `to` in place; gives how many there are then. */
export function decodeRows(decode: Decode, rows: Row[], from: number, to: number): number {
  let end = from;
  for (let at = from; at < to; at++) {
    const row = decode(rows[at] as Row);
    if (row !== undefined) rows[end++] = row;
  }
  return end - from;
}
