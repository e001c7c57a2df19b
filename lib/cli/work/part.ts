import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize, posix, resolve, sep } from 'node:path';
import { CheckpointError } from '../../base/errors.js';
import { bucketOf } from '../../bucket/bucket-of.js';
import { decodeName, encodeName } from '../../directory/names.js';
import { isIgnored, isPart } from '../../formats/folder/part-names.js';
import { isCheckpointName } from '../../directory/is-checkpoint-name.js';
import { bucketUrl, isBucketUrl } from '../../options/bucket-url.js';
import { checkpointsBelow } from '../directory/folder.js';

/** A part of the input, and where its results go. */
export interface Part {
  /** As it was given. */
  name: string;
  /** A path or a URL, as is `directory`. */
  input: string;
  /** The results are the checkpoint of this operation, `<directory>/<step>/<operation>.parquet`. */
  directory: string;
  step: string;
  operation: string;
}

const EXTENSION = /\.(?:parquet|parq|pq|json|jsonl|ndjson)$/i;

/**
 * The part of a name: a path, or one below `folder`, where the results keep its folders.
 * @throws `ERR_CKPT_INVALID_ARGUMENT` for a name that leads out of `folder`, or that is no file name
 */
export function partOf(name: string, folder: string | undefined, out: string): Part {
  const isUrl = isBucketUrl(folder ?? name);
  const below = isUrl ? posix.normalize(name) : normalize(name);
  if (folder !== undefined && (isAbsolute(below) || below === '..' || below.startsWith(`..${sep}`) || below.startsWith('../')))
    throw wrong(name, `a part must be below ${folder}`);
  const target = targetOf(out, folder === undefined ? '.' : dirname(below));
  const ofPart = target !== targetOf(out, '.');
  const step = decodeName(basename(target), 'step');
  const operation = decodeName(basename(below).replace(EXTENSION, ''), 'operation');
  if (operation === '' || operation === '.' || operation === '..') throw wrong(name, 'a part must be a file');
  if (basename(target) === '' || encodeName(step, 'step') !== basename(target) || bucketUrl(target)?.key === '')
    throw wrong(name, `no results can be in a folder named ${basename(target) || '/'}; choose another name for ${ofPart ? 'it' : '--out'}`);
  const input = folder === undefined ? name : isUrl ? `${withoutSlash(folder)}/${below}` : join(folder, below);
  return { name, input, directory: dirname(target), step, operation };
}

/** The path or URL of a folder in the folder of the results. */
function targetOf(out: string, below: string): string {
  if (!isBucketUrl(out)) return resolve(out, below);
  return below === '.' ? withoutSlash(out) : `${withoutSlash(out)}/${below.split(sep).join('/')}`;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/**
 * The names of all parts below a folder, in order: `_SUCCESS`, `_metadata`, and what else begins with `_` or a dot are none, but for
 * `_key=value`. Nor is anything of `out`, if that is inside.
 */
export async function partsBelow(folder: string, out: string): Promise<string[]> {
  if (isBucketUrl(folder)) return partsThere(withPlainScheme(withoutSlash(folder)), out);
  const names: string[] = [];
  const results = resolve(out);
  const isInside = results !== resolve(folder) && isAtOrBelow(results, resolve(folder));
  for await (const { path, parts, error } of checkpointsBelow(folder, [], new Set(), (name) => isCheckpointName(name) || isPart(name))) {
    if (isInside && isAtOrBelow(resolve(path), results)) continue;
    if (error !== undefined) throw error;
    if (!parts.some(isIgnored)) names.push(parts.join(sep));
  }
  return names;
}

/** The same in a bucket. */
async function partsThere(folder: string, out: string): Promise<string[]> {
  const { bucket, key } = bucketOf(`${folder}/`);
  const results = withPlainScheme(`${targetOf(out, '.')}/`);
  const names: string[] = [];
  for await (const entry of bucket.list(key)) {
    const name = entry.key.slice(key.length);
    const segments = name.split('/');
    const isOne = isCheckpointName(segments.at(-1) as string) || isPart(name);
    const isResult = results !== `${folder}/` && `${folder}/${name}`.startsWith(results);
    if (isOne && !segments.some(isIgnored) && !isResult) names.push(name);
  }
  return names;
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Throws `ERR_CKPT_INVALID_ARGUMENT` if the results of a part would take the place of its rows. `path`: of what has their name now. */
export async function refuseItself({ name, input }: Part, path: string): Promise<void> {
  const [rows, results] = await Promise.all(
    [input, path].map((each) => (isBucketUrl(each) ? withPlainScheme(each) : realpath(each).catch(() => undefined))),
  );
  if (rows !== undefined && rows === results) throw wrong(name, 'its results would take its place; choose another --out');
}

function withPlainScheme(url: string): string {
  return url.replace(/^[^:]+/, (scheme) => scheme.toLowerCase());
}

/** The error of a part that cannot be one. */
export function wrong(name: string, why: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `${name}: ${why}`, { path: name });
}
