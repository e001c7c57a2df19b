import type { FoundFile } from '../layout.js';
import { placeIn, type BucketHome } from './bucket-home.js';

/** Those of these paths below the directory that are there, the newest first. Reads a byte of each: no listing, which web servers lack. */
export async function findObjects(
  home: BucketHome,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<(FoundFile & { key: string })[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const { key, url } = placeIn(home, path);
      const object = await home.bucket.get(key, { range: { start: 0, end: 1 }, ...(signal !== undefined && { signal }) });
      if (object === null) return [];
      // Frees the connection.
      for await (const _ of object.body);
      return [{ path: url, key, bytes: object.size, modifiedMs: object.modified?.getTime() ?? 0, version: object.etag }];
    }),
  );
  return found.flat().sort((a, b) => b.modifiedMs - a.modifiedMs);
}
