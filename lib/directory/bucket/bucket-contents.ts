import type { FoundFile } from '../layout.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { bucketName, type BucketName } from './bucket-names.js';
import { perhapsParts, PerhapsParts } from './perhaps-parts.js';

/** An object of a directory. */
export interface BucketItem extends BucketName, FoundFile {
  key: string;
  /** Below the directory. */
  below: string;
}

/**
 * The objects of a directory that are ours, page by page: what is none of ours is passed over. `below`: what their paths begin with. Of the
 * whole directory, as on disk, a folder of parts beside the steps is none of ours, though its parts look as checkpoints do.
 */
export async function* itemsIn(home: BucketHome, below = ''): AsyncGenerator<BucketItem, void, undefined> {
  /** A folder of which is not known yet what it is. */
  let open: PerhapsParts<BucketItem> | undefined;
  for await (const { key, size, etag, modified } of home.bucket.list(home.prefix + below)) {
    const path = key.slice(home.prefix.length);
    const folder = below === '' ? perhapsParts(path) : undefined;
    if (open !== undefined && open.folder !== folder) {
      yield* open.items();
      open = undefined;
    }
    if (folder !== undefined) (open ??= new PerhapsParts(folder)).see(path);
    const name = bucketName(path);
    if (name === undefined) continue;
    const url = placeIn(home, path).url;
    const item = { ...name, key, below: path, path: url, bytes: size, modifiedMs: modified?.getTime() ?? 0, version: etag };
    if (open === undefined) yield item;
    else open.add(item);
  }
  if (open !== undefined) yield* open.items();
}

/** All of them that are of these kinds. */
export async function itemsOf(home: BucketHome, kinds: readonly BucketName['kind'][], below = ''): Promise<BucketItem[]> {
  const items: BucketItem[] = [];
  for await (const item of itemsIn(home, below)) if (kinds.includes(item.kind)) items.push(item);
  return items;
}

/** The checkpoints of operations, in the order of a local directory: by the names of folders, then of files. */
export function operationsAmong(items: readonly BucketItem[]): { step: string; operation: string; found: BucketItem[] }[] {
  const operations = new Map<string, { step: string; operation: string; found: BucketItem[] }>();
  for (const item of [...items].sort(inOrder)) {
    if (item.kind !== 'checkpoint') continue;
    const step = item.step as string;
    const name = JSON.stringify([step, item.operation]);
    const known = operations.get(name);
    if (known === undefined) operations.set(name, { step, operation: item.operation, found: [item] });
    else known.found.push(item);
  }
  // Parquet, which counts at equal ages, is after JSON in the order of names.
  for (const { found } of operations.values())
    found.sort((a, b) => b.modifiedMs - a.modifiedMs || Number(a.file.endsWith('.json')) - Number(b.file.endsWith('.json')));
  return [...operations.values()];
}

function inOrder(a: BucketItem, b: BucketItem): number {
  return compare(a.folder, b.folder) || compare(a.file, b.file);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
