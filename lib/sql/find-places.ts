import { basename, join, resolve } from 'node:path';
import { itemsOf, operationsAmong } from '../directory/bucket/bucket-contents.js';
import { remoteHome } from '../directory/bucket/bucket-home.js';
import { isCheckpointName } from '../directory/is-checkpoint-name.js';
import { listFolder } from '../directory/folders.js';
import { batchFiles, contentsOf, foundFiles, type BatchFolder } from '../directory/layout.js';
import { statOf } from '../directory/stat-of.js';
import { isPartsFolder } from '../formats/folder/list-parts.js';
import { bucketUrl, isBucketUrl } from '../options/bucket-url.js';

/** What becomes a table. */
export interface TablePlace {
  /** The name of its directory among several; null for the only one. */
  directory: string | null;
  /** Null: it is in no step. */
  step: string | null;
  operation: string;
  kind: 'checkpoint' | 'batches';
  /** The file, the folder or the URL; of a checkpoint in two formats the newest. */
  file: string;
  /** The files of a checkpoint, the newest first; the files of batches in order. */
  paths: readonly string[];
}

const EXTENSION = /\.(?:parquet|parq|pq|json|jsonl|ndjson)$/i;

/** What a source has. Opens no file. @throws `ERR_CKPT_NOT_FOUND`, what a bucket throws, errors of the system */
export async function findPlaces(source: string, directory: string | null): Promise<TablePlace[]> {
  if (isBucketUrl(source)) return isUrlOfFile(source) ? [urlPlace(source, directory)] : bucketPlaces(source, directory);
  const path = resolve(source);
  const stats = await statOf(path);
  if (!stats.isDirectory() || (await isPartsFolder(path))) return [filePlace(path, directory)];
  return directoryPlaces(path, directory);
}

/** Whether a URL names a file, by its extension; else it is that of a directory. */
export function isUrlOfFile(url: string): boolean {
  return EXTENSION.test(nameIn(url));
}

function urlPlace(url: string, directory: string | null): TablePlace {
  const operation = nameIn(url).replace(EXTENSION, '');
  return { directory, step: null, operation, kind: 'checkpoint', file: url, paths: [url] };
}

async function bucketPlaces(url: string, directory: string | null): Promise<TablePlace[]> {
  const home = remoteHome(url, undefined);
  if (home === undefined) return [];
  return operationsAmong(await itemsOf(home, ['checkpoint'])).map(({ step, operation, found }) => {
    const paths = found.map(({ path }) => path);
    return { directory, step, operation, kind: 'checkpoint', file: paths[0] as string, paths };
  });
}

/** The last part of the key; empty where it ends with a slash. */
function nameIn(url: string): string {
  const { scheme = '', key = '' } = bucketUrl(url) ?? {};
  const path = scheme.startsWith('http') ? key.replace(/[?#].*$/s, '') : key;
  return path.slice(path.lastIndexOf('/') + 1);
}

function filePlace(path: string, directory: string | null): TablePlace {
  return { directory, step: null, operation: basename(path).replace(EXTENSION, ''), kind: 'checkpoint', file: path, paths: [path] };
}

async function directoryPlaces(path: string, directory: string | null): Promise<TablePlace[]> {
  const { operations, batches } = await contentsOf(path);
  const places: TablePlace[] = [];
  for (const { step, operation, paths } of operations) {
    const found = (await foundFiles(paths)).map((file) => file.path);
    // Removed in this moment.
    if (found.length > 0) places.push({ directory, step, operation, kind: 'checkpoint', file: found[0] as string, paths: found });
  }
  for (const folder of batches) {
    const place = await batchesPlace(folder, directory);
    if (place.paths.length > 0) places.push(place);
  }
  for (const entry of await listFolder(path))
    if (!entry.isDirectory() && isCheckpointName(entry.name)) places.push(filePlace(join(path, entry.name), directory));
  return places;
}

async function batchesPlace({ step, operation, folder }: BatchFolder, directory: string | null): Promise<TablePlace> {
  const numberOf = (name: string): number => Number(/\d+/.exec(name)?.[0]);
  const names = (await batchFiles(folder)).sort((a, b) => numberOf(a) - numberOf(b));
  const paths = names.map((name) => join(folder, name));
  return { directory, step, operation: `${operation}_batches`, kind: 'batches', file: folder, paths };
}
