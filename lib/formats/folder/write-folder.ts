import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { commitFile, inFolder } from '../../base/commit/commit.js';
import { removePath } from '../../base/commit/remove-path.js';
import { swapIn } from '../../base/commit/swap.js';
import { temporaryBeside } from '../../base/commit/temporary-name.js';
import { CheckpointError, fromSystemError, isCheckpointError } from '../../base/errors.js';
import { Pace } from '../../base/pace.js';
import { pathOf } from '../../base/path.js';
import { chunksOf, countOf, rowsSource } from '../../base/rows-source.js';
import type { Row } from '../../base/rows.js';
import { MAX_PARTS } from '../../options/limits.js';
import type { CheckpointInfo, WriteOptions } from '../../options/options.js';
import { saveCheck } from '../../schema/save-check.js';
import { unknownColumn } from '../../select/unknown-columns.js';
import type { TypedWriteOptions } from '../parquet/column-types.js';
import { isKnown } from '../parquet/needed.js';
import { parquetStore } from '../parquet/parquet-store.js';
import { describeParts } from './describe-parts.js';
import { isReplaced, listParts } from './list-parts.js';
import { localParts } from './parts-source.js';
import { PartsWriter, tooManyParts } from './parts-writer.js';
import { survey, type Survey } from './survey.js';

/** Rows that are looked at and handed on at a time. */
const CHUNK_ROWS = 1024;

/**
 * Writes rows as a folder of Parquet parts, which takes the name whole or not at all: docs/RELIABILITY.md, "Replacing a folder". Each
 * column has one type in all parts. @throws what a save of one file throws; `ERR_CKPT_NOT_A_FILE` for a folder of anything else
 */
export async function writeFolder(
  path: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  { parts, ...given }: TypedWriteOptions & { parts: NonNullable<WriteOptions['parts']> },
): Promise<CheckpointInfo> {
  const { sharing: _, ...options } = given;
  const temporary = temporaryBeside(path);
  try {
    await refuseOthers(path);
    await inFolder(dirname(path), () => mkdir(temporary)); // a
    await writeParts(temporary, rows, options, parts); // b
    const whole = await survey(temporary, localParts(parquetStore, describeParts));
    checkBlooms(whole, options, path);
    await commitFile(join(temporary, '_SUCCESS'), async () => {}); // c
    await swapIn(temporary, path);
    return { ...whole.info, path };
  } catch (error) {
    // A failure here would hide the first.
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw ofFolder(fromSystemError(error, 'save', path), temporary, path);
  }
}

async function writeParts(
  folder: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: TypedWriteOptions,
  parts: NonNullable<WriteOptions['parts']>,
): Promise<void> {
  const source = rowsSource(rows);
  const count = countOf(source);
  if (typeof parts === 'number' && count === undefined) return viaOneFile(folder, rows, options, parts);
  if (typeof parts === 'object' && count !== undefined && count > parts.rows * MAX_PARTS) throw tooManyParts();
  const { onProgress: _, schema: __, ...perPart } = options;
  const check = saveCheck(options, folder);
  const writer = new PartsWriter(folder, perPart, check?.columns ?? [], sizesOf(parts, count));
  const pace = new Pace(options, count);
  try {
    for await (const chunk of chunksOf(source, CHUNK_ROWS, { signal: options.signal })) {
      if (check === undefined || (await check.accepts(chunk))) await writer.append(chunk);
      pace.advance(chunk.length);
      if (pace.due) await pace.turn();
    }
    check?.finish();
    pace.check();
    await writer.finish();
    pace.finish();
  } catch (error) {
    await writer.abort(error);
    throw error;
  }
}

/** How many parts of equal size they make shows only at the end: the rows go through a file first. */
async function viaOneFile(
  folder: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: TypedWriteOptions,
  parts: number,
): Promise<void> {
  const whole = join(folder, '.rows.parquet');
  const { rows: count } = await parquetStore.write(whole, rows, { ...options, bloomFilter: false });
  const { signal, schema } = options;
  const { onProgress: _, schema: __, ...perPart } = options;
  const columns = schema === undefined ? [] : (saveCheck(options, folder)?.columns ?? []);
  const writer = new PartsWriter(folder, perPart, columns, sizesOf(parts, count));
  try {
    for await (const batch of parquetStore.batches(whole, signal === undefined ? {} : { signal })) await writer.append(batch);
    await writer.finish();
  } catch (error) {
    await writer.abort(error);
    throw error;
  }
  await removePath(whole);
}

/** The rows of each part, in their order. */
function* sizesOf(parts: NonNullable<WriteOptions['parts']>, count = 0): Generator<number, void, undefined> {
  if (typeof parts !== 'number') for (;;) yield parts.rows;
  const number = Math.min(parts, Math.max(1, count));
  const [least, more] = [Math.floor(count / number), count % number];
  for (let at = 0; at < number; at++) yield at < more ? least + 1 : least;
}

/** What a save may replace: a file, a folder of parts, nothing. */
async function refuseOthers(path: string): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (stats === undefined || stats.isFile()) return;
  if (!stats.isDirectory()) throw new CheckpointError('ERR_CKPT_NOT_A_FILE', `cannot save ${path}: it is no regular file`, { path });
  try {
    await listParts(path);
  } catch (error) {
    // Another save has replaced it in this moment: it was a folder of parts.
    if (!isReplaced(error)) throw error;
  }
}

/** Each part alone may lack a column: a name is wrong if all do. */
function checkBlooms({ rows, kinds, keys }: Survey, { bloomFilter }: WriteOptions, path: string): void {
  if (typeof bloomFilter !== 'object' || rows === 0) return;
  const unknown = bloomFilter.find((name) => !kinds.some(({ facts }) => isKnown(pathOf(name), facts.plan, facts.tree)));
  if (unknown !== undefined) throw unknownColumn(path, unknown, keys);
}

/** Errors name the folder as the caller knows it. */
function ofFolder(error: unknown, temporary: string, path: string): unknown {
  if (!isCheckpointError(error) || error.path?.startsWith(temporary) !== true) return error;
  const { code, message, column, row, violations, count, cause } = error;
  const fields = Object.entries({ column, row, violations, count, cause }).filter(([, value]) => value !== undefined);
  return new CheckpointError(code, message.replaceAll(temporary, path), { ...Object.fromEntries(fields), path });
}
