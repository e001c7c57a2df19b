import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CheckpointError } from '../../base/errors.js';
import { invalid, show } from '../../base/messages.js';
import type { Row } from '../../base/rows.js';
import { isBucketUrl, withoutQuery } from '../../options/bucket-url.js';
import { isError } from '../../base/realm.js';
import { checkMapBatchesOptions, type BatchFunction, type MapBatchesOptions } from '../../resume/batches/map-batches-options.js';
import { checkMapOptions, type MapFunction, type MapOptions } from '../../resume/map-options.js';

/** A step: what is done with each row of a part, and how. */
export type Step =
  | { kind: 'rows'; fn: MapFunction<Row, Row>; options: MapOptions<Row> }
  | { kind: 'batches'; fn: BatchFunction<Row, Row>; options: MapBatchesOptions<Row> };

/** What `work` sets itself, with what is to be used in place of it. */
const OURS: Readonly<Record<string, string>> = {
  signal: 'Ctrl+C and SIGTERM end it in order',
  workers: 'use --claim',
  progressBar: 'it is shown on a terminal, without --quiet',
  onProgress: 'use onEvent',
};

/**
 * Loads a module whose default export is a function for `map`, and whose export `options` has the options of that `map`. With `size`
 * among these the function is one for `mapBatches`.
 * @throws `ERR_CKPT_INVALID_ARGUMENT` for what is no such module, with what went wrong in it as the cause; what `map` throws for its
 * options
 */
export async function loadStep(path: string): Promise<Step> {
  if (isBucketUrl(path)) throw noStep(withoutQuery(path), 'it must be a local file, as any program');
  const { default: fn, options } = await load(path);
  if (typeof fn !== 'function') throw noStep(path, `its default export must be the function that is called for each row, got ${show(fn)}`);
  if (typeof options !== 'object' || options === null || !Object.hasOwn(options, 'key'))
    throw noStep(path, `it must export options, those of map: export const options = { key: 'id', hash: 'v1' }; got ${show(options)}`);
  for (const [name, instead] of Object.entries(OURS))
    if (Object.hasOwn(options, name)) throw invalid(`${path}: options.${name} is not for work: ${instead}`);
  if (!Object.hasOwn(options, 'size')) {
    checkMapOptions(options as MapOptions<Row>, 'map');
    return { kind: 'rows', fn: fn as MapFunction<Row, Row>, options: options as MapOptions<Row> };
  }
  checkMapBatchesOptions(options as MapBatchesOptions<Row>);
  return { kind: 'batches', fn: fn as BatchFunction<Row, Row>, options: options as MapBatchesOptions<Row> };
}

async function load(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (error) {
    throw noStep(path, isError(error) ? error.message : String(error), error);
  }
}

function noStep(path: string, why: string, cause?: unknown): CheckpointError {
  return new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `${path} is no step: ${why}`, { path, ...(cause !== undefined && { cause }) });
}
