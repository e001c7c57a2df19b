import { open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { remotePlace, type BucketPlace } from '../../bucket/bucket-of.js';
import { commitFile } from '../../base/commit/commit.js';
import { ownerOf } from '../../base/commit/temporary-name.js';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { remoteFolder } from '../../bucket/remote-folder.js';
import { keepHolders } from '../../directory/bucket/pool-marks.js';
import { POOL_FOLDER } from '../../formats/parquet/pool.js';

/** Something to be copied. */
export interface CopyItem {
  /** Its path below the place, with slashes; empty for the place itself. */
  name: string;
  /** @unit bytes */
  size: number;
}

/** Where files are copied from or to. */
export interface CopyPlace {
  /** The path or the URL of an item, for messages. */
  where(name: string): string;
  /** All that is there; null: there is nothing at all. Several: it is a directory. */
  items(signal: AbortSignal): Promise<{ isDirectory: boolean; items: CopyItem[] } | null>;
  /** The size and the last bytes of an item; null if it is not there. */
  end(name: string, bytes: number, signal: AbortSignal): Promise<{ size: number; bytes: Buffer } | null>;
  /** Calls `use` with a local file that has its bytes. */
  withFile(name: string, signal: AbortSignal, use: (path: string) => Promise<void>): Promise<void>;
  /** Makes the item of a local file, whole or not at all. */
  put(name: string, file: string, signal: AbortSignal): Promise<void>;
  /** Makes sure that these files of pools stay for half an hour. @throws `ERR_CKPT_LOCKED` where a sweep is about to remove one */
  keep(names: readonly string[], signal: AbortSignal): Promise<void>;
}

/** The place that a path or a URL names. */
export function copyPlace(path: string): CopyPlace {
  const place = remotePlace(path, undefined);
  return place === undefined ? localPlace(path) : bucketPlace(place);
}

function localPlace(path: string): CopyPlace {
  const at = (name: string): string => (name === '' ? path : join(path, ...segmentsOf(name)));
  return {
    where: at,
    async items() {
      const stats = await stat(path).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw fromSystemError(error, 'read', path);
      });
      if (stats === null) return null;
      if (!stats.isDirectory()) return { isDirectory: false, items: [{ name: '', size: stats.size }] };
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
      const names = files.map((file) => relative(path, file).split(sep).join('/')).filter(isKept);
      const items = names.sort().map(async (name) => ({ name, size: (await stat(at(name))).size }));
      return { isDirectory: true, items: inOrder(await Promise.all(items)) };
    },
    async end(name, bytes) {
      try {
        const handle = await open(at(name), 'r');
        try {
          const { size } = await handle.stat();
          const length = Math.min(bytes, size);
          const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
          return { size, bytes: buffer };
        } finally {
          await handle.close();
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw fromSystemError(error, 'read', at(name));
      }
    },
    withFile: (name, _, use) => use(at(name)),
    // What a sweep takes out of the pool it puts into the trash, for an hour.
    keep: async () => {},
    async put(name, file) {
      const source = await open(file, 'r');
      try {
        await commitFile(at(name), async (handle) => {
          let position = 0;
          for await (const piece of source.createReadStream({ autoClose: false })) {
            await handle.write(piece as Buffer, 0, (piece as Buffer).length, position);
            position += (piece as Buffer).length;
          }
        });
      } finally {
        await source.close();
      }
    },
  };
}

/** A key of a bucket may be any text: one that leads out of the directory, or is no name of a file, is none here. */
function segmentsOf(name: string): string[] {
  const segments = name.split('/');
  const isBad = (one: string): boolean => one === '' || one === '.' || one === '..' || /[\\\0]/.test(one);
  if (!segments.some(isBad)) return segments;
  throw new CheckpointError(
    'ERR_CKPT_KEY',
    `the key ${JSON.stringify(name)} cannot be the name of a local file; copy the others one by one`,
  );
}

/** Temporaries and locks are of the processes that made them. Of a pool its files are copied, and not what is about to go. */
function isKept(name: string): boolean {
  const segments = name.split('/');
  const file = segments.at(-1) as string;
  if (ownerOf(file) !== undefined || file.endsWith('.lock')) return false;
  const own = segments.lastIndexOf(POOL_FOLDER, -2);
  return own < 0 || segments[own + 1] === 'pool';
}

/** The ids of files of pools, by the folders that have these. */
function pooled(names: readonly string[]): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const name of names) {
    const [, folder = '', id] = /^(.*\/)?\.ckpt\/pool\/([0-9a-f]{32})\.holder$/s.exec(name) ?? [];
    if (id !== undefined) ids.set(folder, (ids.get(folder) ?? new Set()).add(id));
  }
  return ids;
}

/** Those of pools first: nothing is to be seen that refers to what is not there yet. */
function inOrder(items: CopyItem[]): CopyItem[] {
  return [...items.filter(({ name }) => isPooled(name)), ...items.filter(({ name }) => !isPooled(name))];
}

/** Whether an item is of a pool. */
export function isPooled(name: string): boolean {
  return name.split('/').includes(POOL_FOLDER);
}

function bucketPlace({ bucket, key, url }: BucketPlace): CopyPlace {
  const isDirectory = key === '' || key.endsWith('/');
  const at = (name: string): string => `${key}${name}`;
  const missing = (name: string): CheckpointError =>
    new CheckpointError('ERR_CKPT_NOT_FOUND', `cannot read ${url}${name}: there is no such object`, { path: `${url}${name}` });
  return {
    where: (name) => `${url}${name}`,
    async items(signal) {
      const items: CopyItem[] = [];
      if (isDirectory) {
        for await (const entry of bucket.list(key, { signal })) {
          // An object with the name of a folder is the mark of one.
          const name = entry.key.slice(key.length);
          if (!name.endsWith('/') && isKept(name)) items.push({ name, size: entry.size });
        }
        return items.length === 0 ? null : { isDirectory, items: inOrder(items) };
      }
      const found = await bucket.get(key, { range: { last: 1 }, signal });
      if (found === null) return null;
      for await (const _ of found.body);
      return { isDirectory, items: [{ name: '', size: found.size }] };
    },
    async end(name, bytes, signal) {
      const found = await bucket.get(at(name), { ...(bytes > 0 && { range: { last: bytes } }), signal });
      if (found === null) return null;
      const pieces: Uint8Array[] = [];
      for await (const piece of found.body) pieces.push(piece);
      return { size: found.size, bytes: Buffer.concat(pieces).subarray(-bytes) };
    },
    async withFile(name, signal, use) {
      const found = await bucket.get(at(name), { signal });
      if (found === null) throw missing(name);
      const folder = await remoteFolder();
      const local = join(folder, basename(name === '' ? 'object' : name));
      try {
        const handle = await open(local, 'wx', 0o600);
        try {
          for await (const piece of found.body) await handle.appendFile(piece);
        } finally {
          await handle.close();
        }
        await use(local);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async put(name, file, signal) {
      await bucket.put(at(name), file, { signal });
    },
    async keep(names, signal) {
      for (const [folder, ids] of pooled(names)) {
        const [going] = await keepHolders({ bucket, prefix: key + folder }, ids, signal);
        if (going === undefined) continue;
        const path = `${url}${folder}${POOL_FOLDER}/pool/${going}.holder`;
        const message = `a sweep is about to remove ${path}; sweep again in an hour, and copy then`;
        throw new CheckpointError('ERR_CKPT_LOCKED', message, { path });
      }
    },
  };
}
