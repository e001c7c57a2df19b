import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fromSystemError } from '../../base/errors.js';
import { foundFiles } from '../../directory/layout.js';

/** The SHA-256 of files, in hexadecimal digits. A file that is asked for again is read again only if it was changed or replaced. */
export class Digests {
  readonly #known = new Map<string, { version: string | undefined; sha256: string }>();

  /** @throws what the system says, as a coded error */
  async of(path: string): Promise<string> {
    const [found] = await foundFiles([path]);
    const known = this.#known.get(path);
    if (known !== undefined && known.version === found?.version) return known.sha256;
    const sha256 = await sha256Of(path);
    this.#known.set(path, { version: found?.version, sha256 });
    return sha256;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(bytes as Uint8Array);
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
  return hash.digest('hex');
}
