import { open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { remotePlace, type BucketPlace } from '../../bucket/bucket-of.js';
import { commitFile } from '../../base/commit/commit.js';
import { ownerOf } from '../../base/commit/temporary-name.js';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { remoteFolder } from '../../bucket/remote-folder.js';

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
      const files = entries.filter((entry) => entry.isFile() && isKept(entry.name)).map(({ parentPath, name }) => join(parentPath, name));
      const items = files.sort().map(async (file) => ({ name: relative(path, file).split(sep).join('/'), size: (await stat(file)).size }));
      return { isDirectory: true, items: await Promise.all(items) };
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

/** Temporaries and locks are of the processes that made them. */
function isKept(name: string): boolean {
  return ownerOf(name) === undefined && !name.endsWith('.lock');
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
          if (!entry.key.endsWith('/') && isKept(entry.key.slice(entry.key.lastIndexOf('/') + 1)))
            items.push({ name: entry.key.slice(key.length), size: entry.size });
        }
        return items.length === 0 ? null : { isDirectory, items };
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
  };
}
