import { Slab } from '../../../columnar/write/chunk-bytes.js';
import { roomFor } from './room-for.js';

/** Size of a slab in bytes. New memory in proportion to the data would make V8 collect the user's rows in full (ARCHITECTURE.md, law 4). */
export const SLAB_BYTES = 1 << 20;
/** Slabs of one save: one that fills, the others on their way through the core. */
const SLABS = 6;

const idle: Slab[][] = [];

/** A set of slabs for one save, an idle one if there is. */
export function takeSlabs(): Slab[] {
  return idle.pop() ?? roomFor(SLABS * SLAB_BYTES, () => Array.from({ length: SLABS }, () => new Slab(SLAB_BYTES)));
}

/** Gives the set back once the save's thread has ended. Two idle sets are kept: more saves at once than that are rare. */
export function giveSlabs(slabs: Slab[]): void {
  if (idle.length < 2) idle.push(slabs);
}
