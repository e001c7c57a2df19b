import { skippedRows } from '../../resume/skipped-rows.js';
import { isBucketUrl } from '../../options/bucket-url.js';
import type { Run } from '../context.js';
import { bucketListingOf } from '../directory/bucket-listing-of.js';
import { listingOf } from '../directory/listing-of.js';
import { EXIT } from '../exit-codes.js';
import { failureOf } from '../failure.js';
import { printList, type Listed } from '../output/list-tables.js';

/**
 * `list DIR`, of a local directory or the URL of one in a bucket: every checkpoint with the facts in its file, the maps that run or were
 * interrupted, and the number of batches. A damaged checkpoint is listed with its error.
 */
export const run: Run = async (context, [directory = '']) => {
  const { output, json } = context;
  const { listed, maps, batches, kept, errors } = await (isBucketUrl(directory) ? bucketListingOf(directory) : listingOf(directory));
  for (const error of errors) output.error(error);
  if (json) await output.document({ directory, checkpoints: listed.map(documentOf), maps, batches, kept, failures: errors.map(failureOf) });
  else await printList(context, directory, { listed, maps, batches, kept });
  return errors.length > 0 ? EXIT.findings : EXIT.fine;
};

function documentOf({ step, operation, path, format, rows, bytes, hash, metadata, delta, modified, usage, error }: Listed): unknown {
  const known = { step, operation, path, format, bytes, modified };
  return error === undefined
    ? { ...known, rows, failed: skippedRows(metadata), hash, metadata, delta, ...(usage !== undefined && { usage }) }
    : { ...known, error: failureOf(error) };
}
