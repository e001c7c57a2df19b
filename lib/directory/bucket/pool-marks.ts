import { nodeCrypto } from '../../base/node-modules.js';
import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import { readSmall, writeSmall } from '../../bucket/small-object.js';
import { POOL_FOLDER } from '../../formats/parquet/pool.js';
import type { Bucket } from '../../options/bucket.js';

/*
 * Whoever removes a file of the pool, and whoever refers to it anew, agree by its mark: the object `.ckpt/trash/<id>`. A bucket has no
 * links, and no names that can be changed: the file itself stays in its place until it goes.
 *
 * A sweep marks what nobody refers to as condemned. One that begins an hour later, and finds that still nobody does, swaps the mark for
 * "going" and removes the file. A save that refers to a file looks for its mark, at most half an hour before its object is there, and
 * swaps "condemned" for "kept". Each swap is a put for the state that was seen: of the two only one succeeds. Without a mark, or with one
 * that is made after the save has looked, there is an hour, after which a sweep sees the object.
 */

/** What a mark says. */
type MarkState = 'condemned' | 'kept' | 'going';

/** A mark that is there. */
export interface Mark {
  state: MarkState;
  etag: string;
  /** When it was written, by the clock of whoever did. */
  at: number;
}

/** A directory in a bucket: what its keys begin with. */
interface PoolPlace {
  bucket: Bucket;
  /** Empty, or with a slash at its end. */
  prefix: string;
}

/** How often others may come in between. */
const ATTEMPTS = 50;

/** What the keys of all marks begin with. */
export const marksOf = ({ prefix }: PoolPlace): string => `${prefix}${POOL_FOLDER}/trash/`;

/** The mark of a file; null where it has none. What cannot be read as one is taken for the one that harms least. */
export async function markOf(place: PoolPlace, id: string, signal?: AbortSignal): Promise<Mark | null> {
  const found = await readSmall(place.bucket, marksOf(place) + id, signal);
  if (found === null) return null;
  const { state, at } = parsed(found.text);
  return { state: state === 'condemned' || state === 'going' ? state : 'kept', at: typeof at === 'number' ? at : 0, etag: found.etag };
}

/** Sets the mark of a file that has none, or this one; false where another did so meanwhile. */
export async function setMark(place: PoolPlace, id: string, state: MarkState, seen: Mark | null): Promise<boolean> {
  // Stores that take the ETag from the contents are to tell two marks of one state apart.
  const text = JSON.stringify({ state, at: Date.now(), token: nodeCrypto().randomBytes(12).toString('hex') });
  try {
    await writeSmall(place.bucket, marksOf(place) + id, text, seen === null ? { ifAbsent: true } : { ifMatch: seen.etag });
    return true;
  } catch (error) {
    if (isCheckpointError(error) && error.code === 'ERR_CKPT_CONDITION') return false;
    throw error;
  }
}

/**
 * Makes sure that these files stay for an object that is there within half an hour. Gives those that are about to go, and must not be
 * referred to.
 */
export async function keepHolders(place: PoolPlace, ids: ReadonlySet<string>, signal?: AbortSignal): Promise<string[]> {
  if (ids.size === 0) return [];
  const begin = marksOf(place);
  const going: string[] = [];
  for await (const { key } of place.bucket.list(begin, signal && { signal })) {
    const id = key.slice(begin.length);
    if (ids.has(id) && !(await isKept(place, id, signal))) going.push(id);
  }
  return going;
}

async function isKept(place: PoolPlace, id: string, signal?: AbortSignal): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const mark = await markOf(place, id, signal);
    // A sweep has removed it: because it is referred to, or long after the file went.
    if (mark === null) return isThere(place, id, signal);
    if (mark.state !== 'condemned') return mark.state === 'kept';
    if (await setMark(place, id, 'kept', mark)) return true;
  }
  const path = marksOf(place) + id;
  throw new CheckpointError('ERR_CKPT_LOCKED', `${path} is changed by others again and again; try again`, { path });
}

/** Whether a file is in the pool. */
export async function isThere({ bucket, prefix }: PoolPlace, id: string, signal?: AbortSignal): Promise<boolean> {
  const key = `${prefix}${POOL_FOLDER}/pool/${id}.holder`;
  const found = await bucket.get(key, { range: { start: 0, end: 1 }, ...(signal !== undefined && { signal }) });
  if (found === null) return false;
  // Frees the connection.
  for await (const _ of found.body);
  return true;
}

function parsed(text: string): { state?: unknown; at?: unknown } {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return {};
  }
}
