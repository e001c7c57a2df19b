import { basename, dirname, join } from 'node:path';
import { isAlive } from '../lock/holder.js';
import { spaceTag, thisSpace } from '../lock/process-space.js';
import { uniqueDigits } from '../unique-digits.js';

/** Bytes of the old name kept in a temporary's name: file systems allow 255 in all. */
const NAME_BYTES = 180;
/** `.<name>.<pid>.<space and random>.tmp`: what the core's commit, ours and locks write before a rename. */
const TEMPORARY = /^\..+\.(\d+)\.([0-9a-f]+)\.tmp$/;
/** So many hexadecimal digits and more have the space of the process at their beginning. Releases before 0.2 wrote fewer, without it. */
const TAGGED_DIGITS = 20;

/** A new hidden sibling of a file: `.<name>.<pid>.<space><random>.tmp`. */
export function temporaryBeside(path: string): string {
  // A cut inside a character leaves a replacement character: legal in a name, but ugly.
  const kept = Buffer.from(basename(path))
    .toString('utf8', 0, NAME_BYTES)
    .replace(/\ufffd$/, '');
  return join(dirname(path), `.${kept}.${process.pid}.${spaceTag()}${uniqueDigits()}.tmp`);
}

/**
 * Whose a temporary is: `dead` of a process that is known to have ended, `alive` of one that runs, `unknown` of a process that cannot be
 * seen from here. Undefined: it is none.
 */
export function ownerOf(name: string): 'dead' | 'alive' | 'unknown' | undefined {
  const [, pid, random = ''] = TEMPORARY.exec(name) ?? [];
  if (pid === undefined) return undefined;
  if (isAlive(Number(pid))) return 'alive';
  // Without the number of a start, two machines may have the same tag.
  const isOfHere = thisSpace().boot !== '' && random.length >= TAGGED_DIGITS && random.startsWith(spaceTag());
  return isOfHere ? 'dead' : 'unknown';
}
