import { nodeCrypto } from '../../base/node-modules.js';
import { isCheckpointError, CheckpointError } from '../../base/errors.js';
import { VERSION } from '../../base/version.js';
import { isCheckpointName } from '../../directory/is-checkpoint-name.js';
import { isPartsFolder } from '../../formats/folder/list-parts.js';
import { storeAt } from '../../formats/remote/store-at.js';
import { isBucketUrl } from '../../options/bucket-url.js';
import type { MapListing } from '../../resume/map-listing.js';
import { skippedRows } from '../../resume/skipped-rows.js';
import { statOf } from '../../directory/stat-of.js';
import { isFolder } from '../directory/folder.js';
import { bucketListingOf } from '../directory/bucket-listing-of.js';
import { listingOf } from '../directory/listing-of.js';
import { troubleOf } from './trouble.js';
import type { Listed } from '../output/list-tables.js';
import type { Entry, Listing, Place, RunningMap } from './wire.js';

/** The directories and files that a viewer was started with: it shows these and no others. */
export class Places {
  readonly #paths: readonly string[];
  #entries = new Map<string, Entry>();
  #listing: Promise<Listing> | undefined;
  #last: Listing | undefined;
  /** Paths that are shown, and the URLs that were given for them: a signature in one is for nobody's eyes. */
  readonly #given = new Map<string, string>();

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** Looks anew, unless somebody is looking. @throws what is wrong with a place as a whole */
  list(): Promise<Listing> {
    this.#listing ??= this.#list().finally(() => (this.#listing = undefined));
    return this.#listing;
  }

  /** What the last look found, for a page that wants something at once; looks where nobody has. */
  async known(): Promise<Listing> {
    return this.#last ?? (await this.list());
  }

  /** The checkpoint of an id. One that came after the last look is looked for. @throws `ERR_CKPT_NOT_FOUND` */
  async entry(id: string): Promise<Entry> {
    if (!this.#entries.has(id)) await this.list();
    const entry = this.#entries.get(id);
    if (entry === undefined)
      throw new CheckpointError('ERR_CKPT_NOT_FOUND', 'this checkpoint is not there any more; go back to the list, and load it again');
    return entry;
  }

  /** What opens a checkpoint. */
  givenPath({ path }: Entry): string {
    return this.#given.get(path) ?? path;
  }

  async #list(): Promise<Listing> {
    const places = await Promise.all(this.#paths.map(placeOf));
    for (const [index, { kind, entries }] of places.entries())
      if (kind === 'file' && entries[0] !== undefined) this.#given.set(entries[0].path, this.#paths[index] as string);
    this.#entries = new Map(places.flatMap(({ entries }) => entries.map((entry) => [entry.id, entry])));
    return (this.#last = { version: VERSION, lookedAt: Date.now(), places });
  }
}

async function placeOf(path: string): Promise<Place> {
  // A bucket has no folders: what is named like a file is one.
  if (isBucketUrl(path)) return isCheckpointName(path.replace(/[?#].*$/s, '')) ? filePlace(path) : directoryPlace(path);
  return (await isFolder(path)) && !(await isPartsFolder(path)) ? directoryPlace(path) : filePlace(path);
}

async function directoryPlace(path: string): Promise<Place> {
  const { listed, maps, errors } = await (isBucketUrl(path) ? bucketListingOf(path) : listingOf(path));
  const told = new Set<unknown>(listed.map(({ error }) => error));
  return {
    path,
    kind: 'directory',
    entries: listed.map(entryOf),
    maps: maps.map(runningMap),
    troubles: errors.filter((error) => !told.has(error)).map(troubleOf),
  };
}

async function filePlace(path: string): Promise<Place> {
  const shown = isBucketUrl(path) ? path.replace(/[?#].*$/s, '') : path;
  const operation = shown.split(/[/\\]/).findLast((part) => part !== '') ?? shown;
  const modified = isBucketUrl(path) ? undefined : (await statOf(path)).mtime;
  const place: Place = { path: shown, kind: 'file', entries: [], maps: [], troubles: [] };
  try {
    const info = await (await storeAt(path)).info(path);
    place.entries.push({
      ...entryOf({ step: null, operation, modified: modified ?? new Date(0), ...info }),
      modified: modified?.getTime() ?? null,
    });
  } catch (error) {
    if (!isCheckpointError(error) || error.code === 'ERR_CKPT_NOT_FOUND') throw error;
    const nothing = { rows: 0, bytes: 0, sharedBytes: 0, hash: null, failed: 0, usage: null };
    const known = { id: idOf(shown), step: null, operation, path: shown, format: '', modified: modified?.getTime() ?? null };
    place.entries.push({ ...known, ...nothing, error: troubleOf(error) });
  }
  return place;
}

function entryOf({ step, operation, path, format, rows, bytes, hash, metadata, delta, modified, usage, error }: Listed): Entry {
  return {
    id: idOf(path),
    step,
    operation,
    path,
    format,
    rows,
    bytes,
    sharedBytes: delta?.sharedBytes ?? 0,
    modified: modified.getTime(),
    hash,
    failed: skippedRows(metadata),
    usage: usage ?? null,
    error: error === undefined ? null : troubleOf(error),
  };
}

function runningMap({ modified, ...map }: MapListing): RunningMap {
  return { ...map, modified: modified.getTime() };
}

/** What names a checkpoint in requests: no request names a path, so none can name a file that is not listed. */
function idOf(path: string): string {
  return nodeCrypto().createHash('sha256').update(path).digest('hex').slice(0, 16);
}
