import { nodeCrypto } from '../../base/node-modules.js';
import { createReadStream } from 'node:fs';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { bucketOf } from '../../bucket/bucket-of.js';
import { foundFiles } from '../../directory/layout.js';
import { isBucketUrl } from '../../options/bucket-url.js';

/** What tells a state of the rows of a part from any other. */
export interface PartState {
  /** Of a file: the SHA-256 of its bytes, in hexadecimal digits. */
  sha256?: string;
  /** Of an object: what its store says. */
  etag?: string;
}

/** The states of parts. A file that is asked for again is read again only if it was changed or replaced. */
export class Digests {
  readonly #known = new Map<string, { version: string | undefined; sha256: string }>();

  /** @throws what the system or the store says, as a coded error */
  async of(path: string): Promise<PartState> {
    if (isBucketUrl(path)) return { etag: await etagOf(path) };
    const [found] = await foundFiles([path]);
    const known = this.#known.get(path);
    if (known !== undefined && known.version === found?.version) return { sha256: known.sha256 };
    const sha256 = await sha256Of(path);
    this.#known.set(path, { version: found?.version, sha256 });
    return { sha256 };
  }
}

async function etagOf(path: string): Promise<string> {
  const { bucket, key, url } = bucketOf(path);
  const found = await bucket.get(key, { range: { last: 1 } });
  if (found === null) throw new CheckpointError('ERR_CKPT_NOT_FOUND', `cannot read ${url}: there is no such object`, { path: url });
  // Ends the request.
  for await (const _ of found.body);
  return found.etag;
}

async function sha256Of(path: string): Promise<string> {
  const hash = nodeCrypto().createHash('sha256');
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(bytes as Uint8Array);
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
  return hash.digest('hex');
}
