import { loadBinding } from '../../base/addon/binding.js';
import type { ReadOptions } from '../../options/options.js';
import { loadCheck } from '../../schema/load-check.js';
import { selectionOf } from '../../select/selection.js';
import { chunksOf, type Column } from '../parquet/fallback/columns.js';
import { factsOf } from '../parquet/fallback/facts-of.js';
import { OpenedFile } from '../parquet/fallback/opened-file.js';
import { columnsTaken } from '../parquet/parquet-columns.js';
import { bloomRanges, chunkRanges } from './chunk-ranges.js';
import { heldRanges } from './held-ranges.js';
import type { Range } from './ranges.js';
import type { RemoteFile } from './remote-file.js';
import type { RemoteRunning } from './sparse-copy.js';

/**
 * Fetches the bytes that a reading looks at: the chunks of the columns that it takes, in the row groups that may have rows of it, and of
 * the files that a thin checkpoint refers to what its rows need. Page indexes are there already, and those of other writers are not read.
 * @throws what the options and the footer do not agree about
 */
export async function fetchWanted(file: RemoteFile, options: ReadOptions, running: RemoteRunning): Promise<void> {
  await (
    await beginWanted(file, options, running)
  ).done;
}

/** The same as soon as it is known what is fetched: the end is that of `done`, which may reject before anybody awaits it. */
export async function beginWanted(file: RemoteFile, options: ReadOptions, running: RemoteRunning): Promise<{ done: Promise<void> }> {
  if (!file.isParquet) return { done: Promise.resolve() };
  const footer = file.footerOf(options);
  const opened = (footer && OpenedFile.whole(footer)) ?? (await OpenedFile.open(file.path, options));
  try {
    const { columns, groups } = wantedOf(opened, options);
    const done = file.fetch(rangesOf(opened, columns, groups), running);
    done.catch(() => {});
    if (file.holders.size === 0) return { done };
    await done;
    return { done: file.fetchHeld(await heldRanges(opened, columns, groups, loadBinding() !== null), running) };
  } finally {
    await opened.close();
  }
}

/** The columns and the row groups that a reading looks at, by the footer. */
function wantedOf(opened: OpenedFile, options: ReadOptions): { columns: readonly Column[]; groups: number[] } {
  const facts = factsOf(opened);
  const { where, offset = 0, limit } = options;
  const isEncoded = facts.decode(options.compat) !== undefined;
  const names = isEncoded ? undefined : (loadCheck(options, opened.file.path)?.opened(facts) ?? options.columns);
  const { needed } = columnsTaken(facts, names, selectionOf(options), options);
  const all = opened.columns;
  const columns = isEncoded || needed === undefined ? all : needed.columns.map(({ column }) => all[column] as Column);
  const isNative = loadBinding() !== null;
  const groups: number[] = [];
  let row = 0;
  for (const [at, group] of opened.file.metadata.row_groups.entries()) {
    const first = row;
    row += Number(group.num_rows);
    // Which rows a condition takes is not known yet. The reader in TypeScript reads what is before the offset, too, and one row at least.
    const isBefore = row <= offset && isNative;
    const isBeside =
      where === undefined && (isBefore || (limit !== undefined && first >= offset + (isNative ? limit : Math.max(1, limit))));
    if (!isBeside) groups.push(at);
  }
  return { columns, groups };
}

function rangesOf({ file }: OpenedFile, columns: readonly Column[], groups: readonly number[]): Range[] {
  const { metadata, dataEnd } = file;
  const ordinals = columns.flatMap(chunksOf);
  const ranges: Range[] = [];
  // The reader in TypeScript compares all bloom filters with their checksums.
  if (loadBinding() === null) {
    for (const { columns: chunks } of metadata.row_groups) ranges.push(...chunks.flatMap((chunk) => bloomRanges(chunk, dataEnd)));
  }
  for (const group of groups) {
    for (const ordinal of ordinals) {
      const chunk = metadata.row_groups[group]?.columns[ordinal];
      if (chunk !== undefined) ranges.push(...chunkRanges(chunk, dataEnd));
    }
  }
  return ranges;
}
