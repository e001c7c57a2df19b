import { Arena } from '../../../columnar/read/views.js';
import { roomFor } from './room-for.js';

/** Size of an arena in bytes: pooled and fixed for the reason given in slabs.ts. */
export const ARENA_BYTES = 2 << 20;
/** Bytes to aim at for a block: what does not fit is halved, so leave room for blocks above the average. */
export const BLOCK_BYTES = ARENA_BYTES / 2;
/** Rows in a block: texts of a block are slices of one string a column, which lives as long as any of them (ARCHITECTURE.md, law 7). */
export const BLOCK_ROWS = 4096;
/** Arenas of one load: one that JavaScript empties, the others filling ahead. */
const ARENAS = 4;

const idle: Arena[][] = [];

/** A set of arenas for one scan, an idle one if there is. */
export function takeArenas(): Arena[] {
  return idle.pop() ?? roomFor(ARENAS * ARENA_BYTES, () => Array.from({ length: ARENAS }, () => new Arena(ARENA_BYTES)));
}

/** Gives the set back once the core has done with it; ones that had to be replaced by larger ones are let go. */
export function giveArenas(arenas: Arena[]): void {
  if (idle.length < 2 && arenas.every((arena) => arena.capacity === ARENA_BYTES)) idle.push(arenas);
}
