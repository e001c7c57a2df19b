import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import type { Format } from './codes.js';

const ROWS: Row[] = [
  { old: 1, text: 'kept' },
  { old: 2, text: null },
];

/** A checkpoint alone in its folder, that whatever fails must leave alone. */
export class OldCheckpoint {
  readonly path: string;
  readonly folder: string;

  private constructor(folder: string, name: string) {
    this.folder = folder;
    this.path = join(folder, name);
  }

  static async save(parent: string, folder: string, name: `${string}.${Format}`): Promise<OldCheckpoint> {
    const old = new OldCheckpoint(join(parent, folder), name);
    mkdirSync(old.folder);
    await writeCheckpoint(old.path, ROWS);
    return old;
  }

  /** It is alone as before, no temporary beside it, and loads. */
  async assertIntact(): Promise<void> {
    assert.deepStrictEqual(readdirSync(this.folder), [this.path.slice(this.folder.length + 1)]);
    assert.deepStrictEqual(await readCheckpoint(this.path), ROWS);
  }
}
