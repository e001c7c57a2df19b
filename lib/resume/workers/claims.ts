import { link, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSystemError } from '../../base/errors.js';
import { isLockFree } from '../../base/lock/file-lock.js';
import { listFolder } from '../../directory/folders.js';
import { workerId, workerLock } from '../../directory/workers-folder.js';

/** A claim without a text, of a file system without links: its worker may be about to write it, or was killed over it. */
const EMPTY_MS = 10_000;

const CLAIM = /^claim_(\d+)_(\d+)$/;

/**
 * Which worker has which range of the rows. A claim is a file that is made once and never changed: `claim_<range>_<generation>`, whose text
 * is the number of its worker. The first claim of a range has the generation 1. Whoever finds the newest one's worker dead may make that of
 * the next generation: the file system lets one of them win. A claim is not given back: that its rows are done is seen by their results.
 */
export class Claims {
  readonly #folder: string;
  /** The newest generation by the range. */
  readonly #newest = new Map<number, number>();
  /** By the name of the claim. */
  readonly #owners = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Looks which claims there are. */
  async look(): Promise<void> {
    for (const { name } of await listFolder(this.#folder)) {
      const [, range, generation] = CLAIM.exec(name) ?? [];
      if (range !== undefined) this.#note(Number(range), Number(generation));
    }
  }

  /** The generation of the newest claim, as far as is known; 0: there is none. */
  generationOf(range: number): number {
    return this.#newest.get(range) ?? 0;
  }

  /** Claims a range for a worker, after the claim of a generation; false where another was first. */
  async claim(range: number, after: number, worker: number): Promise<boolean> {
    const name = `claim_${range}_${after + 1}`;
    const isMade = await made(this.#folder, name, worker);
    this.#note(range, after + 1);
    if (isMade) this.#owners.set(name, worker);
    return isMade;
  }

  /** Whether the worker that has the range is gone. `gone`: what is known of workers since this look began. */
  async isAbandoned(range: number, gone: Map<number, boolean>): Promise<boolean> {
    const name = `claim_${range}_${this.generationOf(range)}`;
    const owner = this.#owners.get(name) ?? (await this.#read(name));
    if (owner === undefined) return false;
    const isGone = gone.get(owner) ?? (owner === 0 || (await isLockFree(workerLock(this.#folder, owner))));
    gone.set(owner, isGone);
    return isGone;
  }

  /** 0: nobody. Undefined: it does not say yet. */
  async #read(name: string): Promise<number | undefined> {
    const path = join(this.#folder, name);
    try {
      const owner = Number(await readFile(path, 'utf8'));
      if (owner > 0) this.#owners.set(name, owner);
      else if (Date.now() - (await stat(path)).mtimeMs < EMPTY_MS) return undefined;
      return owner;
    } catch (error) {
      // The last worker has cleared up: this one was taken for dead.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw fromSystemError(error, 'read', path);
    }
  }

  #note(range: number, generation: number): void {
    if (generation > this.generationOf(range)) this.#newest.set(range, generation);
  }
}

/** Makes a claim, whole from its first moment; false where it is there. */
async function made(folder: string, name: string, worker: number): Promise<boolean> {
  const path = join(folder, name);
  try {
    await link(workerId(folder, worker), path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // A full disk is told as such. Otherwise the file system has no links, or no more of one file.
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'ENOENT') throw fromSystemError(error, 'save to', folder);
  }
  try {
    await writeFile(path, String(worker), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fromSystemError(error, 'save to', folder);
  }
}
