import { remotePlace } from '../../bucket/bucket-of.js';

/** Whether a URL is that of an object. Reads a byte of it. @throws what the bucket throws */
export async function isObject(url: string): Promise<boolean> {
  const place = remotePlace(url, undefined);
  const found = place === undefined || place.key === '' ? null : await place.bucket.get(place.key, { range: { start: 0, end: 1 } });
  // Frees the connection.
  if (found !== null) for await (const _ of found.body);
  return found !== null;
}
