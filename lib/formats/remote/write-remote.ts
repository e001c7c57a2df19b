import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BucketPlace } from '../../bucket/bucket-of.js';
import { ensureConditional } from '../../bucket/ensure-conditional.js';
import { invalid } from '../../base/messages.js';
import type { Row } from '../../base/rows.js';
import type { FileConditions } from '../../options/file-options.js';
import type { CheckpointInfo, WriteOptions } from '../../options/options.js';
import { storeFor } from '../choose.js';
import { bytesOf } from './bytes-of.js';
import { extensionOf } from './extension-of.js';
import { remoteFolder } from '../../bucket/remote-folder.js';
import { told } from './told.js';

/** Saves rows to a local file, and makes the object of it by one request, which has the conditions. */
export async function writeRemote(
  place: BucketPlace,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: WriteOptions,
  { ifAbsent, ifMatch }: FileConditions,
): Promise<CheckpointInfo> {
  const { bucket, key, url } = place;
  for (const name of ['base', 'share', 'pool', 'parts'] as const) {
    const value = options[name];
    if (value !== undefined && value !== false && value !== 'values')
      throw invalid(`${name} is for local files: an object of a bucket is whole`);
  }
  const { signal } = options;
  if (ifAbsent === true || ifMatch !== undefined) await ensureConditional(place, signal);
  const folder = await remoteFolder();
  const local = join(folder, `object${extensionOf(key)}`);
  try {
    const info = await storeFor(local).write(local, rows, options);
    const onBytes = bytesOf(options, info.rows, info.rows);
    const { etag } = await bucket.put(key, local, {
      ...(ifAbsent !== undefined && { ifAbsent }),
      ...(ifMatch !== undefined && { ifMatch }),
      ...(signal !== undefined && { signal }),
      ...(onBytes !== undefined && { onBytes }),
    });
    return { ...info, path: url, etag };
  } catch (error) {
    throw told(error, local, url);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
