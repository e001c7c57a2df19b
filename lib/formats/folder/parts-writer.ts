import { join } from 'node:path';
import { CheckpointError } from '../../base/errors.js';
import { RowQueue } from '../../base/row-queue.js';
import type { Row } from '../../base/rows.js';
import type { ColumnSchema } from '../../options/checkpoint-schema.js';
import { MAX_PARTS } from '../../options/limits.js';
import { areOf, typesOf, widest, type ColumnTypes, type TypedWriteOptions } from '../parquet/column-types.js';
import { parquetBatches, parquetFacts } from '../parquet/read-parquet.js';
import { fixedTypes } from '../parquet/fixed-columns.js';
import { schemaTypes } from '../parquet/schema-types.js';
import { writeParquet } from '../parquet/write-parquet.js';

/** A part that is being written. */
interface Current {
  path: string;
  queue: RowQueue;
  saved: Promise<unknown>;
  left: number;
}

/**
 * Writes the parts of a folder one after the other. Engines take the types of the first part for all, and would make 2 of 2.5 in a later
 * one: so each part has the types of those before it, and where a later one is wider, they are written again with its types. That happens
 * rarely, and values load as what they were.
 */
export class PartsWriter {
  readonly #folder: string;
  readonly #options: TypedWriteOptions;
  /** Types that count more than those of the parts before. */
  readonly #first: readonly ColumnTypes[];
  readonly #sizes: Iterator<number, void, undefined>;
  readonly #done: { path: string; types: ColumnTypes }[] = [];
  #joined: ColumnTypes = new Map();
  #current: Current | undefined;
  #rows = 0;

  /** `columns`: what the schema says of them. `sizes`: the rows of each part. */
  constructor(folder: string, options: TypedWriteOptions, columns: readonly ColumnSchema[], sizes: Iterator<number, void, undefined>) {
    this.#folder = folder;
    this.#options = options.fixedColumns === true ? { ...options, fixed: fixedTypes(columns) } : options;
    this.#first = [...(options.types ?? []), schemaTypes(columns)];
    this.#sizes = sizes;
  }

  /** Resolves when the array is the caller's again. */
  async append(rows: readonly Row[]): Promise<void> {
    for (let from = 0; from < rows.length;) {
      if (this.#current?.left === 0) await this.#end();
      const current = (this.#current ??= this.#begin());
      const count = Math.min(current.left, rows.length - from);
      await current.queue.put(count === rows.length ? rows : rows.slice(from, from + count));
      current.left -= count;
      from += count;
      this.#rows += count;
    }
  }

  async finish(): Promise<void> {
    // Without rows there is one part, which has none.
    if (this.#done.length === 0) this.#current ??= this.#begin();
    if (this.#current !== undefined) await this.#end();
    for (const { path, types } of this.#done) if (!areOf(types, this.#joined)) await this.#widen(path);
  }

  /** Gives up what is being written. */
  async abort(reason: unknown): Promise<void> {
    this.#current?.queue.fail(reason);
    await this.#current?.saved.catch(() => {});
  }

  #begin(): Current {
    const left = this.#sizes.next().value;
    if (this.#done.length === MAX_PARTS) throw tooManyParts();
    if (left === undefined) throw new CheckpointError('ERR_CKPT_INTERNAL', 'arrow-ckpt has a bug: more rows than its parts have');
    const path = join(this.#folder, `part-${String(this.#done.length).padStart(5, '0')}.parquet`);
    const queue = new RowQueue();
    const saved = writeParquet(path, queue, { ...this.#typed(), firstRow: this.#rows });
    // Whoever puts rows is told.
    saved.catch((error: unknown) => queue.fail(error));
    return { path, queue, saved, left };
  }

  #typed(): TypedWriteOptions {
    return { ...this.#options, types: [...this.#first, this.#joined] };
  }

  async #end(): Promise<void> {
    const { path, queue, saved } = this.#current as Current;
    // What it fails with, the save does, too.
    await queue.end().catch(() => {});
    await saved;
    this.#current = undefined;
    const types = typesOf(await parquetFacts(path)) as ColumnTypes;
    this.#joined = widest(this.#joined, types);
    this.#done.push({ path, types });
  }

  async #widen(path: string): Promise<void> {
    await writeParquet(path, eachRow(parquetBatches(path, {})), { ...this.#typed(), firstRow: 0 });
  }
}

/** The error of rows that make more parts than a folder may have. */
export function tooManyParts(): CheckpointError {
  return new CheckpointError('ERR_CKPT_LIMIT', `the rows make more parts than ${MAX_PARTS}; give each part more rows`);
}

async function* eachRow(batches: AsyncIterable<Row[]>): AsyncGenerator<Row, void, undefined> {
  for await (const rows of batches) yield* rows;
}
