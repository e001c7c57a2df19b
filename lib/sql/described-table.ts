import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError } from '../base/errors.js';
import { remotePlace, type BucketPlace } from '../bucket/bucket-of.js';
import { remoteFolder } from '../bucket/remote-folder.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import { firstBytes, FOLDER, PARQUET } from '../formats/first-bytes.js';
import { hiveColumns } from '../formats/folder/hive.js';
import { listParts, stampOf, type Part } from '../formats/folder/list-parts.js';
import type { ParquetFacts } from '../formats/parquet/parquet-facts.js';
import { findObject } from '../formats/remote/find-object.js';
import { copyRemoteFolder } from '../formats/remote/folder/copy-remote-folder.js';
import { fetchWanted } from '../formats/remote/fetch-wanted.js';
import { told } from '../formats/remote/told.js';
import { isBucketUrl } from '../options/bucket-url.js';
import { factsOfFile, factsOfFiles } from './facts-of-files.js';
import type { TablePlace } from './find-places.js';
import type { SqlColumn, SqlTable } from './sql-types.js';
import { leavesNanOut } from './leaves-nan-out.js';
import { stageRows } from './stage-rows.js';
import { viewOfFile, viewOfFiles, type ViewText } from './view-select.js';

/** More files than this are not looked at before each question, only their folder. */
const MOST_WATCHED = 256;

/** What is known of a table before somebody asks for it. */
export interface DescribedTable extends Pick<SqlTable, 'file' | 'rows' | 'columns'> {
  /** All files that its view may read. */
  readonly paths: readonly string[];
  /** Its view. Puts the rows aside first where DuckDB cannot read them as they are. */
  view(signal?: AbortSignal): Promise<ViewText>;
  /**
   * Brings what a question reads that names these, folded; undefined: all. To be called before `view`, and before each question. Undefined
   * where all is there.
   */
  fetch?(names: ReadonlySet<string> | undefined, signal: AbortSignal): Promise<void>;
  /** Files that must not change while a question reads them, with what they were. */
  readonly stamps: ReadonlyMap<string, string>;
  close?(): Promise<void>;
}

/**
 * Describes the table of a place. `known`: what is known of its first file already. `aside`: where its rows are put if they must be.
 * @throws what is wrong with the newest file, if none can be read
 */
export async function describeTable(place: TablePlace, known: ParquetFacts | undefined, aside: string): Promise<DescribedTable> {
  if (place.kind === 'batches') return describeFiles(place, await factsOfParts(place.paths), [], aside);
  let failure: unknown;
  for (const [index, path] of place.paths.entries()) {
    try {
      if (isBucketUrl(path)) return await describeUrl(path, aside);
      return await describePath(path, index === 0 ? known : undefined, aside);
    } catch (error) {
      if (!isOfFile(error)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

async function describePath(path: string, known: ParquetFacts | undefined, aside: string): Promise<DescribedTable> {
  // What is looked at afterwards is this file, or the next question sees that it is another.
  const stamps = new Map([[path, (await stampOf(path)).stamp]]);
  const first = known === undefined ? await firstBytes(path) : PARQUET;
  if (first === FOLDER) {
    const parts = await listParts(path);
    for (const part of parts.slice(0, MOST_WATCHED)) stamps.set(part.path, part.stamp);
    const facts = await factsOfFiles(parts.map((part) => part.path));
    return { ...(await describeFiles({ file: path, paths: [path] }, facts, hiveOf(parts), aside)), stamps };
  }
  if (first !== PARQUET) return staged(path, [path], aside, stamps);
  const facts = known ?? (await factsOfFile(path));
  if (facts.decode('docetl') !== undefined) return { ...staged(path, [path], aside, stamps), rows: facts.rows };
  const view = await viewOfFile(facts);
  return {
    file: path,
    rows: facts.rows,
    columns: view.columns,
    paths: view.paths,
    view: async () => viewOfFile(facts, await leavesNanOut(facts)),
    stamps,
  };
}

/** Batches, or parts; `undefined` facts: one of them is not Parquet. */
async function describeFiles(
  { file, paths }: Pick<TablePlace, 'file' | 'paths'>,
  facts: ParquetFacts[] | undefined,
  hive: readonly SqlColumn[],
  aside: string,
): Promise<DescribedTable> {
  const stamps = new Map([[file, (await stampOf(file)).stamp]]);
  for (const path of paths.slice(0, MOST_WATCHED)) stamps.set(path, (await stampOf(path)).stamp);
  if (facts === undefined || facts.some((each) => each.decode('docetl') !== undefined)) return staged(file, paths, aside, stamps);
  const view = await viewOfFiles(facts, file, hive);
  return { file, rows: view.rows, columns: view.columns, paths: view.paths, view: async () => view, stamps };
}

async function factsOfParts(paths: readonly string[]): Promise<ParquetFacts[] | undefined> {
  for (const path of paths) if ((await firstBytes(path)) !== PARQUET) return undefined;
  return factsOfFiles(paths);
}

function hiveOf(parts: readonly Part[]): SqlColumn[] {
  const columns = hiveColumns(parts.map(({ pairs }) => pairs));
  return [...columns].map(([key, type]) => ({ name: key, key, type, holds: 'values' }));
}

/** Rows that only our readers know: they are written as Parquet when they are first asked for. */
function staged(file: string, paths: readonly string[], aside: string, stamps: ReadonlyMap<string, string>): DescribedTable {
  return { file, rows: null, columns: undefined, paths: [aside], stamps, view: (signal) => stageRows(paths, aside, signal) };
}

/**
 * A file of a bucket: what it says of itself is read now, the columns that questions name when these are asked. It stays the same until it
 * is closed.
 */
async function describeUrl(url: string, aside: string): Promise<DescribedTable> {
  const place = remotePlace(url, undefined);
  if (place === undefined) throw new CheckpointError('ERR_CKPT_INTERNAL', `arrow-ckpt has a bug: ${url} is no URL`);
  const file = await findObject(place, {});
  if (file === undefined) return describeRemoteFolder(place, aside);
  try {
    const { path } = file;
    const described = file.isParquet ? await describePath(path, undefined, aside) : staged(path, [path], aside, new Map());
    return {
      ...described,
      file: url,
      stamps: new Map(),
      fetch: async (names, signal) => {
        const { columns } = described;
        const keys = names && columns?.filter(({ name }) => names.has(name.toLowerCase())).map(({ key }) => key);
        // Whole rows may hold any key; a column without a name is not asked for by one.
        if (keys === undefined || keys.includes(null) || keys.includes('')) await file.all({ signal });
        else await fetchWanted(file, { columns: keys as string[] }, { signal });
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw file.told(error);
  }
}

/** A folder of parts in a bucket: all of it is fetched now. */
async function describeRemoteFolder(place: BucketPlace, aside: string): Promise<DescribedTable> {
  const folder = await remoteFolder();
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const local = join(folder, 'rows.parquet');
  try {
    await copyRemoteFolder(place, local, {});
    return { ...(await describePath(local, undefined, aside)), file: place.url, stamps: new Map(), close };
  } catch (error) {
    await close();
    throw told(error, local, place.url);
  }
}
