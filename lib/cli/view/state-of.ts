import { nodeCrypto } from '../../base/node-modules.js';
import { stat } from 'node:fs/promises';
import { fromSystemError } from '../../base/errors.js';
import { listParts } from '../../formats/folder/list-parts.js';
import { isBucketUrl } from '../../options/bucket-url.js';

/**
 * A text that tells the file of a path from what takes its place: a save makes a new file. Of a folder it is one of all parts; an object in
 * a bucket is not asked, since it costs a request: its reader tells when it has changed.
 * @throws `ERR_CKPT_NOT_FOUND` for one that is gone
 */
export async function stateOf(path: string): Promise<string> {
  if (isBucketUrl(path)) return 'url';
  try {
    const stats = await stat(path, { bigint: true });
    if (!stats.isDirectory()) return [stats.dev, stats.ino, stats.size, stats.mtimeNs].join('-');
    const stamps = (await listParts(path)).map(({ path: part, stamp }) => `${part}:${stamp}`);
    return nodeCrypto().createHash('sha256').update(stamps.join('\n')).digest('hex').slice(0, 32);
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
}
