import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { CheckpointManager } from '../../api/checkpoint-manager.js';
import { isCheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { stemOf } from '../../directory/layout.js';
import { decodeName } from '../../directory/names.js';
import { isBucketUrl } from '../../options/bucket-url.js';
import type { ReadOptions } from '../../options/options.js';
import { mapsIn, type MapListing } from '../../resume/map-listing.js';
import { wantedBatches } from '../../store/wanted-rows.js';
import { isObject } from '../directory/is-object.js';
import { countText } from '../output/quantities.js';

/** A map whose checkpoint is not there yet, and its rows so far. */
interface PartialMap {
  map: MapListing;
  batches(options: ReadOptions): AsyncGenerator<Row[], void, undefined>;
}

/**
 * The map that would make the checkpoint of a path, `<directory>/<step>/<operation>` with or without an extension, where there is no such
 * file yet; of several hashes the newest. Undefined for anything else.
 */
export async function partialMap(path: string): Promise<PartialMap | undefined> {
  if (await isThere(path)) return undefined;
  const stem = stemOf(path);
  const directory = dirname(dirname(stem));
  if (isBucketUrl(path) && !isBucketUrl(directory)) return undefined;
  const [step, operation] = [decodeName(basename(dirname(stem)), 'step'), decodeName(basename(stem), 'operation')];
  // Where the directory is not there either, the path of the file is what to tell.
  const maps = await mapsOf(directory).catch((error: unknown) => {
    if (!isCheckpointError(error)) throw error;
    return [];
  });
  const map = maps.find((listing) => listing.step === step && listing.operation === operation);
  if (map === undefined) return undefined;
  const rows = async function* (): AsyncGenerator<Row[], void, undefined> {
    const manager = new CheckpointManager(directory, { logger: false });
    const results = await manager.loadPartialResults(step, operation, map.hash === null ? {} : { hash: map.hash });
    if (results !== null) yield results.rows;
  };
  return { map, batches: (options) => wantedBatches(path, options, rows) };
}

async function isThere(path: string): Promise<boolean> {
  return isBucketUrl(path) ? isObject(path) : (await stat(path).catch(() => undefined)) !== undefined;
}

function mapsOf(directory: string): Promise<MapListing[]> {
  return isBucketUrl(directory) ? new CheckpointManager(directory, { logger: false }).listMaps() : mapsIn(directory);
}

/** What to tell of a map beside its rows. */
export function mapText({ step, operation, state, rows, hash }: MapListing): string {
  const of = hash === null ? '' : `, hash ${hash}`;
  const is = state === 'running' ? 'is running' : 'was interrupted';
  return `partial results: the map ${step}/${operation} ${is}; ${countText(rows)} rows of its input are done${of}`;
}
