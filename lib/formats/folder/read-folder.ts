import { isCheckpointError } from '../../base/errors.js';
import { Pace } from '../../base/pace.js';
import type { Row } from '../../base/rows.js';
import type { ReadOptions } from '../../options/options.js';
import { parseWhere, pathsOf, type Where } from '../../options/where.js';
import { loadContract } from '../../schema/contract.js';
import { loadCheck } from '../../schema/load-check.js';
import { Projection } from '../../select/projection.js';
import { refusedPaths, unknownColumn } from '../../select/unknown-columns.js';
import { RowPipeline } from '../../store/row-pipeline.js';
import type { CheckpointStore } from '../../store/store.js';
import { isKnown } from '../parquet/needed.js';
import { vanished } from './list-parts.js';
import { partialWhere } from './partial-where.js';
import { constantRow, partRows } from './part-rows.js';
import type { PartsSource } from './parts-source.js';
import type { KnownPart, Survey } from './survey.js';

/** What a reading takes of one part. */
interface PartReading {
  part: KnownPart;
  /** Undefined: all its rows. */
  where: Where | undefined;
  offset: number;
  limit: number;
  /** Only these rows of it, by their numbers. */
  picked?: readonly number[];
}

/**
 * The rows that the options want of a folder, part by part: each is opened when its turn comes, and closed behind its last row.
 * `picked`: only the rows of these numbers, which ascend. @throws `ERR_CKPT_CHANGED` for a part that is not what it was
 */
export async function* folderBatches(
  folder: Survey,
  source: PartsSource,
  options: ReadOptions,
  picked?: readonly number[],
): AsyncGenerator<Row[], void, undefined> {
  const check = loadCheck(options, folder.path);
  const columns = wantedColumns(options);
  refuseUnknown(folder, options);
  const wanted = columns && new Projection(columns).parts;
  check?.begin();
  const pipeline = new RowPipeline({ check });
  const pace = new Pace(options, options.where === undefined ? wantedRows(folder, options, picked) : undefined);
  const budget = new Budget(options);
  for (const reading of picked === undefined ? budget.readings(folder, options.where) : pickedReadings(folder, picked)) {
    const { part } = reading;
    const finish = partRows(folder, part, wanted);
    for await (const batch of ofPart(source, options, columns, reading)) {
      pace.advance(batch.length);
      const rows = picked === undefined && reading.where !== undefined ? budget.take(batch) : batch;
      finish?.(rows);
      await pipeline.passAll(rows);
      if (rows.length > 0 && pipeline.fits) yield rows;
      if (pace.due) await pace.turn();
      if (budget.isSpent && reading.where !== undefined) break;
    }
  }
  pace.finish();
  pipeline.finish();
}

/** The rows of one part as it has them. */
async function* ofPart(
  { store, check }: PartsSource,
  options: ReadOptions,
  columns: readonly string[] | undefined,
  { part, where, offset, limit, picked }: PartReading,
): AsyncGenerator<Row[], void, undefined> {
  await check(part);
  const { schema: _, extraColumns: __, onProgress: ___, columns: ____, where: _____, offset: ______, limit: _______, ...rest } = options;
  const wanted: ReadOptions = {
    ...rest,
    unknownColumns: 'missing',
    ...(columns !== undefined && { columns }),
    ...(where !== undefined && { where }),
    ...(offset > 0 && { offset }),
    ...(limit < Number.POSITIVE_INFINITY && { limit }),
  };
  try {
    if (picked === undefined) yield* store.batches(part.path, wanted);
    else yield* pickedOf(store, part.path, wanted, picked);
  } catch (error) {
    // What is wrong may be that it is another by now.
    if (isCheckpointError(error)) await check(part);
    throw isCheckpointError(error) && error.code === 'ERR_CKPT_NOT_FOUND' ? vanished(part.path, error) : error;
  }
  await check(part);
}

async function* pickedOf(
  store: CheckpointStore,
  path: string,
  { verify, limits, text, duplicateColumns, compat, ...reading }: ReadOptions,
  picked: readonly number[],
): AsyncGenerator<Row[], void, undefined> {
  const opened = Object.entries({ verify, limits, text, duplicateColumns, compat }).filter(([, value]) => value !== undefined);
  const file = await store.open(path, Object.fromEntries(opened));
  try {
    yield* file.batches(reading, picked);
  } finally {
    file.close();
  }
}

/** Columns that nobody wants are not decoded: those that a schema drops. */
function wantedColumns(options: ReadOptions): readonly string[] | undefined {
  const fields = options.columns === undefined ? loadContract(options)?.fields : undefined;
  return fields?.extra === 'drop' ? fields.columns.map(({ name }) => name) : options.columns;
}

/** @throws `ERR_CKPT_UNKNOWN_COLUMN` for what no part has. Without rows nothing is unknown */
export function refuseUnknown({ path, rows, keys, kinds, parts }: Survey, options: ReadOptions): void {
  const conditions = options.where === undefined ? [] : pathsOf(parseWhere(options.where));
  if (rows === 0) return;
  const given = parts[0]?.constants ?? new Map<string, unknown>();
  const unknown = refusedPaths(options, conditions).find(
    (place) => !given.has(place.key ?? '') && !kinds.some(({ facts }) => isKnown(place, facts.plan, facts.tree)),
  );
  if (unknown !== undefined) throw unknownColumn(path, unknown.text, keys);
}

function wantedRows({ rows }: Survey, { offset = 0, limit = Number.POSITIVE_INFINITY }: ReadOptions, picked?: readonly number[]): number {
  return picked?.length ?? Math.max(0, Math.min(rows - offset, limit));
}

/** What is left of a part for a condition: undefined for all of it, false for nothing. */
export function whereOfPart(folder: Survey, part: KnownPart, where: Where | undefined): Where | false | undefined {
  const left = where === undefined ? undefined : partialWhere(where, constantRow(folder, part));
  return left === true ? undefined : left;
}

/** `offset` and `limit` over parts: those of which no row is wanted are not opened. */
class Budget {
  #skip: number;
  #left: number;

  constructor({ offset = 0, limit = Number.POSITIVE_INFINITY }: ReadOptions) {
    this.#skip = offset;
    this.#left = limit;
  }

  get isSpent(): boolean {
    return this.#left === 0;
  }

  *readings(folder: Survey, condition: Where | undefined): Generator<PartReading, void, undefined> {
    for (const part of folder.parts) {
      if (this.isSpent) return;
      const where = whereOfPart(folder, part, condition);
      if (where === false || part.rows === 0) continue;
      if (where !== undefined) {
        // How many rows it has is seen when they come: see `take`.
        yield { part, where, offset: 0, limit: this.#skip + this.#left };
        continue;
      }
      const offset = Math.min(this.#skip, part.rows);
      const limit = Math.min(this.#left, part.rows - offset);
      this.#skip -= offset;
      this.#left -= limit;
      if (limit > 0) yield { part, where, offset, limit: limit === part.rows ? Number.POSITIVE_INFINITY : limit };
    }
  }

  /** Of rows that a condition took those that are wanted. */
  take(rows: Row[]): Row[] {
    const skipped = Math.min(this.#skip, rows.length);
    const taken = skipped === 0 && rows.length <= this.#left ? rows : rows.slice(skipped, skipped + this.#left);
    this.#skip -= skipped;
    this.#left -= taken.length;
    return taken;
  }
}

function* pickedReadings({ parts }: Survey, picked: readonly number[]): Generator<PartReading, void, undefined> {
  let first = 0;
  let next = 0;
  for (const part of parts) {
    const own: number[] = [];
    for (; next < picked.length && (picked[next] as number) < first + part.rows; next++) own.push((picked[next] as number) - first);
    first += part.rows;
    if (own.length > 0) yield { part, where: undefined, offset: 0, limit: Number.POSITIVE_INFINITY, picked: own };
  }
}
