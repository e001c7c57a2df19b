import { readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSystemError } from '../base/errors.js';
import { syncFolder } from '../base/commit/commit.js';
import { flushFile, openNew } from '../base/commit/flush.js';
import { temporaryBeside } from '../base/commit/temporary-name.js';
import { withLock } from '../base/lock/file-lock.js';
import type { Row } from '../base/rows.js';
import type { Hashes } from './checkpoint-file.js';
import { applyHash, hashIn, hashesOf, type HashChange } from './docetl-hashes.js';
import { makeFolders } from './folders.js';

/** DocETL's file of hashes in a directory: `{ "<step>": { "<operation>": "<hash>" } }`. */
const CONFIG_NAME = '.docetl_intermediate_config.json';

/**
 * The hashes that DocETL looks for beside its checkpoints. Ours have theirs inside of the file; this is a mirror for DocETL, and the only
 * place for the hashes of files without one: DocETL's own, and JSON in its form.
 *
 * Each change reads the file, changes it and replaces it, under a lock, so that processes do not lose each other's. Changes that come while
 * one is being written go together.
 */
export class DocetlConfig implements Hashes {
  readonly #directory: string;
  readonly #path: string;
  #pending: HashChange[] = [];
  #writing: Promise<void> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, CONFIG_NAME);
  }

  /** The hash of an operation; null where the file has none, is missing, or is none: then it proves nothing. */
  async hashOf(step: string, operation: string): Promise<string | null> {
    return hashIn(await this.#read(), step, operation);
  }

  /** The hashes as they are now, for who asks for many. */
  async snapshot(): Promise<Hashes> {
    const config = await this.#read();
    return { hashOf: async (step, operation) => hashIn(config, step, operation) };
  }

  /** Sets the hash of an operation, or removes it: null. Nothing is made for a hash that is not there. */
  async set(step: string, operation: string | undefined, hash: string | null): Promise<void> {
    const change = { step, operation, hash };
    this.#pending.push(change);
    // Whoever is writing has taken its changes already: the next writer takes this one, with all that have come until then.
    while (this.#pending.includes(change)) {
      this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
      await this.#writing;
    }
  }

  /** Forgets all hashes but those of these operations; removes the file where none is left. */
  async keep(operations: readonly { step: string; operation: string }[]): Promise<void> {
    // A file that is none of hashes goes, too.
    if ((await this.#text()) === undefined) return;
    await withLock(`${this.#path}.lock`, { what: `${this.#path}` }, async () => {
      const config = await this.#read();
      const kept: Row = {};
      for (const { step, operation } of operations) {
        const hash = hashIn(config, step, operation);
        if (hash !== null) applyHash(kept, { step, operation, hash });
      }
      if (Object.keys(kept).length > 0) await this.#replace(JSON.stringify(kept, null, 2), true);
      else await this.#remove();
    });
  }

  async #remove(): Promise<void> {
    try {
      await unlink(this.#path);
      await syncFolder(this.#directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fromSystemError(error, 'remove', this.#path);
    }
  }

  async #write(): Promise<void> {
    const isWanted = this.#pending.some(({ hash }) => hash !== null) || (await this.#exists());
    if (isWanted) await makeFolders(this.#directory);
    const changes = this.#pending;
    this.#pending = [];
    if (!isWanted) return;
    await withLock(`${this.#path}.lock`, { what: `${this.#path}` }, async () => {
      const config = await this.#read();
      const made = changes.filter((change) => applyHash(config, change));
      if (made.length > 0) {
        await this.#replace(
          JSON.stringify(config, null, 2),
          made.some(({ hash }) => hash === null),
        );
      }
    });
  }

  async #exists(): Promise<boolean> {
    return Object.keys(await this.#read()).length > 0;
  }

  async #read(): Promise<Row> {
    const text = await this.#text();
    return hashesOf(text);
  }

  async #text(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw fromSystemError(error, 'read', this.#path);
    }
  }

  /**
   * Whole or not at all. Flushed with its folder only where a hash is removed: one that comes back after a crash could count for rows that
   * it is not of, while one that is lost costs the work of making them anew.
   */
  async #replace(text: string, durable: boolean): Promise<void> {
    const temporary = temporaryBeside(this.#path);
    try {
      const handle = await openNew(temporary);
      try {
        await handle.writeFile(text);
        await flushFile(handle);
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#path);
      if (durable) await syncFolder(this.#directory);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw fromSystemError(error, 'write', this.#path);
    }
  }
}
