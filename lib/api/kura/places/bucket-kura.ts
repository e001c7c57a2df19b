import { isCheckpointError } from '../../../base/errors.js';
import type { Row } from '../../../base/rows.js';
import { BucketFiles } from '../../../directory/bucket/bucket-files.js';
import { placeIn, type BucketHome } from '../../../directory/bucket/bucket-home.js';
import { joinedNames, pathsOf } from '../../../directory/bucket/bucket-names.js';
import { findObjects } from '../../../directory/bucket/find-objects.js';
import { whileChanged } from '../../../directory/bucket/while-changed.js';
import { checkpointFiles, type CheckpointFile } from '../../../directory/checkpoint-file.js';
import { inParallel } from '../../../base/in-parallel.js';
import type { FoundFile } from '../../../directory/layout.js';
import { loadFile } from '../../../directory/load.js';
import { decodeName } from '../../../directory/names.js';
import { beginsAsOurs } from '../../../formats/text/json/envelope.js';
import { readTorn } from '../../../formats/text/jsonl-store.js';
import { told } from '../../../formats/remote/told.js';
import { refuseLocalOptions } from '../../../formats/refuse-local-options.js';
import { writeRemote } from '../../../formats/remote/write-remote.js';
import type { CheckpointInfo, ReadOptions, WriteOptions } from '../../../options/options.js';
import { JSON_EXTENSION, plainName } from '../layout.js';
import type { KuraCheckpointInfo } from '../types.js';
import type { KuraKind, KuraLoad, KuraPlace } from './kura-place.js';

/** The objects below a prefix of a bucket, in the layout of a local directory. */
export class BucketKura implements KuraPlace {
  readonly #home: BucketHome;
  readonly #kind: KuraKind;

  constructor(home: BucketHome, kind: KuraKind) {
    this.#home = home;
    this.#kind = kind;
  }

  async check(name: string): Promise<void> {
    stemsOf(name);
  }

  async save(name: string, rows: Iterable<Row> | AsyncIterable<Row>, options: WriteOptions): Promise<CheckpointInfo> {
    const { store, logger } = this.#kind;
    refuseLocalOptions(options);
    const found = await this.#found(name, options);
    const stems = stemsOf(name);
    const stem = stems.find((each) => found.some(({ path }) => this.#pathsOf([each]).some((own) => placeIn(this.#home, own).url === path)));
    const place = placeIn(this.#home, (stem ?? (stems[0] as string)) + store.extension);
    const info = await writeRemote(place, rows, options, {}, { store });
    for (const { path, version } of found) {
      if (path === place.url) continue;
      try {
        await this.#home.bucket.delete(this.#keyOf(name, path), { ifMatch: version });
      } catch (error) {
        if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_CONDITION')
          logger?.warn(`could not remove ${path}, which the new save replaces: ${String(error)}`);
      }
    }
    return info;
  }

  load(name: string, { read, hash, onTorn }: KuraLoad): Promise<{ result: Row[]; path: string } | null> {
    return whileChanged(() =>
      this.#with(read, (files) =>
        loadFile({ find: () => this.#find(files, name), hash, logger: this.#kind.logger, open: files.open }, async (store, url) => {
          if (store.format !== 'jsonl' || onTorn === undefined) return store.read(url, read);
          const { path } = await files.file(url);
          try {
            return await readTorn(path, read, (failure, rows) => onTorn(told(failure, path, url) as typeof failure, rows));
          } catch (error) {
            throw told(error, path, url);
          }
        }),
      ),
    );
  }

  info(name: string): Promise<Omit<KuraCheckpointInfo, 'name'> | null> {
    return whileChanged(() =>
      this.#with({}, async (files) => {
        const found = await this.#find(files, name);
        const loaded = await loadFile({ find: async () => found, logger: null, open: files.open }, (store, path) => store.info(path));
        const modifiedMs = found.find(({ path }) => path === loaded?.path)?.modifiedMs ?? 0;
        return loaded === null ? null : { ...loaded.result, modified: new Date(modifiedMs) };
      }),
    );
  }

  async path(name: string): Promise<string> {
    const [newest] = await this.#found(name);
    return newest?.path ?? placeIn(this.#home, (stemsOf(name)[0] as string) + this.#kind.store.extension).url;
  }

  async remove(name: string): Promise<number> {
    const found = await this.#found(name);
    for (const { path } of found) await this.#home.bucket.delete(this.#keyOf(name, path));
    return found.length;
  }

  async *list(): AsyncGenerator<{ name: string; files: CheckpointFile[] }, void, undefined> {
    const names = new Set<string>();
    for await (const { key } of this.#home.bucket.list(this.#home.prefix)) {
      const [component, ...more] = joinedNames(key.slice(this.#home.prefix.length).split('/'));
      if (component === undefined || more.length > 0 || component.startsWith('.')) continue;
      const plain = plainName(component);
      if (plain !== component && this.#kind.extensions.some((end) => component.endsWith(end))) names.add(decodeName(plain, 'name'));
    }
    const listed = await inParallel([...names].sort(), (name) =>
      whileChanged(() =>
        this.#with({}, async (files) => ({
          name,
          files: await checkpointFiles(await this.#find(files, name), undefined, undefined, files.open),
        })),
      ),
    );
    for (const each of listed) if (each.files.length > 0) yield each;
  }

  #found(name: string, options: Pick<ReadOptions, 'signal'> = {}): Promise<FoundFile[]> {
    return whileChanged(() => this.#with(options, (files) => this.#find(files, name)));
  }

  /** Its objects, the newest first. Other JSON than ours is none: see layout.ts. */
  async #find(files: BucketFiles, name: string): Promise<FoundFile[]> {
    const [own, ...others] = stemsOf(name) as [string, ...string[]];
    // A byte of each: of five names that a file may have, one or two are there.
    const look = async (stems: readonly string[]): Promise<FoundFile[]> => {
      const there = new Set((await findObjects(this.#home, this.#pathsOf(stems), undefined)).map(({ path }) => path));
      return files.find(this.#pathsOf(stems).filter((path) => there.has(placeIn(this.#home, path).url)));
    };
    let found = await look([own]);
    if (found.length === 0 && others.length > 0) found = await look(others);
    const isOurs = await Promise.all(
      found.map(async ({ path }) => !path.endsWith(JSON_EXTENSION) || (await beginsAsOurs((await files.file(path)).path))),
    );
    return found.filter((_, index) => isOurs[index]);
  }

  #pathsOf(stems: readonly string[]): string[] {
    return stems.flatMap((stem) => this.#kind.extensions.map((extension) => stem + extension));
  }

  #keyOf(name: string, url: string): string {
    const places = this.#pathsOf(stemsOf(name)).map((path) => placeIn(this.#home, path));
    return (places.find((place) => place.url === url) as (typeof places)[number]).key;
  }

  async #with<T>({ signal }: Pick<ReadOptions, 'signal'>, work: (files: BucketFiles) => Promise<T>): Promise<T> {
    const files = new BucketFiles(this.#home, { signal });
    try {
      return await work(files);
    } finally {
      await files.close();
    }
  }
}

/** The paths of its files without extensions, that of a new one first. */
function stemsOf(name: string): string[] {
  return pathsOf(plainName(name), 'name');
}
