import { CheckpointError } from '../../base/errors.js';
import { itemsIn } from './bucket-contents.js';
import { placeIn, type BucketHome } from './bucket-home.js';

/** The error of a checkpoint that is a folder of parts. `stem`: its path without the extension. */
export function folderOfParts(home: BucketHome, stem: string): CheckpointError {
  const { url } = placeIn(home, `${stem}.parquet`);
  const message = `${url} is a folder of parts, which a manager reads and replaces on disk alone: copy the directory (arrow-ckpt copy), or give another name`;
  return new CheckpointError('ERR_CKPT_NOT_FOR_BUCKETS', message, { path: url });
}

/** Whether a folder of parts has the name: it is not nothing, and nothing may be saved beside it. */
export async function hasFolderOfParts(home: BucketHome, stem: string): Promise<boolean> {
  // Web servers have no listings.
  if (home.isEscaped) return false;
  for await (const _ of itemsIn(home, `${stem}.parquet/`)) return true;
  return false;
}
