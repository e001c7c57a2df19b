import { dirname } from 'node:path';
import { basesOf, type Base } from '../../../options/base.js';
import type { Row } from '../../../base/rows.js';
import { checkpointFiles, type CheckpointFile } from '../../../directory/checkpoint-file.js';
import { removeFiles } from '../../../directory/clear.js';
import { loadFile } from '../../../directory/load.js';
import { removeTwins, twinsOf } from '../../../directory/save.js';
import { sweepAfterSave } from '../../../directory/temporaries.js';
import { saveTo } from '../../../formats/save-to.js';
import { jsonlStore, readTorn } from '../../../formats/later-stores.js';
import { withShare } from '../../../formats/with-share.js';
import type { CheckpointInfo, WriteOptions } from '../../../options/options.js';
import { checkpointPaths, checkpointStem, listFiles } from '../layout.js';
import type { KuraCheckpointInfo } from '../types.js';
import type { KuraKind, KuraLoad, KuraPlace } from './kura-place.js';

/** A directory of local files. */
export class LocalKura implements KuraPlace {
  readonly #directory: string;
  readonly #kind: KuraKind;

  constructor(directory: string, kind: KuraKind) {
    this.#directory = directory;
    this.#kind = kind;
  }

  async check(name: string): Promise<void> {
    await this.#stem(name);
  }

  async save(name: string, rows: Iterable<Row> | AsyncIterable<Row>, options: WriteOptions): Promise<CheckpointInfo> {
    const { store, logger, extensions } = this.#kind;
    const stem = await this.#stem(name);
    const own = stem + store.extension;
    const twins = await twinsOf((await checkpointPaths(stem, extensions)).map(({ path }) => path).filter((path) => path !== own));
    const shared = { ...options, pool: this.#directory, ...(options.base !== undefined && { base: await this.#bases(options.base) }) };
    const info = await saveTo(store, own, rows, store.format === 'parquet' ? await withShare(own, shared) : options);
    await removeTwins(twins, logger);
    await sweepAfterSave(dirname(stem));
    return info;
  }

  async load(name: string, { read, hash, onTorn }: KuraLoad): Promise<{ result: Row[]; path: string } | null> {
    const stem = await this.#stem(name);
    const find = (): ReturnType<typeof checkpointPaths> => checkpointPaths(stem, this.#kind.extensions);
    return loadFile({ find, hash, uses: stem, logger: this.#kind.logger }, (store, path) =>
      store === jsonlStore && onTorn !== undefined ? readTorn(path, read, onTorn) : store.read(path, read),
    );
  }

  async info(name: string): Promise<Omit<KuraCheckpointInfo, 'name'> | null> {
    const stem = await this.#stem(name);
    const find = (): ReturnType<typeof checkpointPaths> => checkpointPaths(stem, this.#kind.extensions);
    const loaded = await loadFile({ find, logger: null }, (store, path) => store.info(path));
    const found = (await find()).find(({ path }) => path === loaded?.path);
    return loaded === null ? null : { ...loaded.result, modified: new Date(found?.modifiedMs ?? 0) };
  }

  async path(name: string): Promise<string> {
    const stem = await this.#stem(name);
    const [newest] = await checkpointPaths(stem, this.#kind.extensions);
    return newest?.path ?? stem + this.#kind.store.extension;
  }

  async remove(name: string): Promise<number> {
    const found = await checkpointPaths(await this.#stem(name), this.#kind.extensions);
    return removeFiles(found.map(({ path }) => path));
  }

  async *list(): AsyncGenerator<{ name: string; files: CheckpointFile[] }, void, undefined> {
    for (const { name, files } of await listFiles(this.#directory, this.#kind.extensions))
      yield { name, files: await checkpointFiles(files) };
  }

  /** The files of checkpoints that are named. */
  async #bases(base: Base): Promise<Base> {
    if (base === false || base === 'auto') return base;
    return Promise.all(basesOf(base).map(async (each) => (typeof each === 'string' ? this.path(each) : each)));
  }

  #stem(name: string): Promise<string> {
    return checkpointStem(this.#directory, name);
  }
}
