import { resolve } from 'node:path';
import { loadBinding } from '../../base/addon/binding.js';
import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import { contentsOf, foundFiles } from '../../directory/layout.js';
import { storeOf } from '../../formats/choose.js';
import { describedParquet } from '../../formats/parquet/describe-files.js';
import { duckdbView } from '../../formats/parquet/duckdb-view.js';
import { isBucketUrl, withoutQuery } from '../../options/bucket-url.js';
import type { Context } from '../context.js';
import { needFolder } from '../directory/folder.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { failureOf } from '../failure.js';
import { printable } from '../output/printable.js';

/** A view, or a checkpoint that has none. */
interface View {
  step: string;
  operation: string;
  view: string;
  sql?: string;
  problem?: string;
}

/** Prints a statement for each checkpoint of a directory that makes a view of it in DuckDB. */
export async function printViews({ output, json }: Context, directory: string): Promise<ExitCode> {
  if (isBucketUrl(directory)) throw noViews(withoutQuery(directory));
  await needFolder(directory);
  const failures: unknown[] = [];
  const views: View[] = [];
  const taken = new Set<string>();
  for (const { step, operation, paths } of (await contentsOf(resolve(directory))).operations) {
    const view = freeName(`${step}/${operation}`, taken);
    try {
      const [found] = await foundFiles(paths);
      if (found !== undefined) views.push({ step, operation, view, ...(await viewOf(view, found.path)) });
    } catch (error) {
      if (!isCheckpointError(error)) throw error;
      failures.push(error);
      output.error(error);
    }
  }
  if (json) await output.document({ directory, views, failures: failures.map(failureOf) });
  else
    for (const { view, sql, problem } of views)
      await output.line(sql === undefined ? `-- ${printable(`"${view}" is left out: ${problem}`)}\n` : `${sql}\n`);
  if (!json && views.length === 0) output.note(`no checkpoints in ${directory}`);
  return failures.length > 0 ? EXIT.findings : EXIT.fine;
}

async function viewOf(view: string, path: string): Promise<{ sql: string } | { problem: string }> {
  const store = await storeOf(path);
  if (store.format !== 'parquet') return { problem: 'it is JSON' };
  if (loadBinding() === null) return { problem: 'it cannot be described without the native binary' };
  const facts = await describedParquet(path);
  if (facts !== undefined) return duckdbView(view, facts);
  // Says what is wrong with it, unless it was mended or replaced in this moment.
  const { parts } = await store.info(path);
  return { problem: parts === undefined ? 'it was being changed' : 'it is a folder of parts; read_parquet reads it with its files' };
}

/** Another DuckDB reaches a bucket by extensions and credentials of its own. */
function noViews(url: string): CheckpointError {
  const message = `--views makes statements about local files, and ${url} is in a bucket: ask the question here, or copy the directory (arrow-ckpt copy)`;
  return new CheckpointError('ERR_CKPT_NOT_FOR_BUCKETS', message, { path: url });
}

/** DuckDB does not tell names apart that differ in case only, and two names may be one with the slash between them. */
function freeName(name: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const free = number === 1 ? name : `${name} (${number})`;
    if (taken.has(free.toLowerCase())) continue;
    taken.add(free.toLowerCase());
    return free;
  }
}
