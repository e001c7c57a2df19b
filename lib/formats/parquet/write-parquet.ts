import type { Slab } from '../../columnar/write/chunk-bytes.js';
import { BloomMarks } from '../../columnar/write/bloom-marks.js';
import { Columniser, CHUNK_ROWS, FIRST_CHUNK_ROWS } from '../../columnar/write/columniser.js';
import { RowGroupEnds } from '../../columnar/write/row-group-ends.js';
import { logicalColumns } from '../../columnar/logical-columns.js';
import type { Encoded } from '../../compat/codec.js';
import { codecOf } from '../../compat/compat.js';
import type { Compat } from '../../options/compat.js';
import { CheckpointError } from '../../base/errors.js';
import { loadBinding } from '../../base/addon/binding.js';
import { NativeSave } from './native/native-save.js';
import { SLAB_BYTES } from './native/slabs.js';
import type { CheckpointInfo, WriteOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import { saveCheck } from '../../schema/save-check.js';
import type { Attachment } from '../../store/store.js';
import { located } from '../../base/value/located.js';
import { widenNumbers, type ColumnTypes, type TypedWriteOptions } from './column-types.js';
import { sampleRowsOf } from './sample-rows-of.js';
import { KEY_BLOOM_FILTER, keyValuesOf } from './file-keys.js';
import { fixColumns, fixedTypes } from './fixed-columns.js';
import { ParquetFacts } from './parquet-facts.js';
import { schemaTypes } from './schema-types.js';
import { Pace } from '../../base/pace.js';
import { chunksOf, countOf, rowsSource, type RowsSource } from '../../base/rows-source.js';

/** Rows of a row group at most: the core's default. */
const ROW_GROUP_ROWS = 131_072;
/** A chunk of more bytes than this is filled again with fewer rows, down to one. */
const MAX_CHUNK_BYTES = 4 * SLAB_BYTES;

/** Writes rows as a Parquet checkpoint through the core; keeps the promises of `CheckpointStore.write`. */
export async function writeParquet(
  path: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: TypedWriteOptions,
  attachment?: Attachment,
): Promise<CheckpointInfo> {
  const { compat } = options;
  const encoded = compat === undefined ? undefined : await encode(rowsSource(rows), compat, options, path);
  const source = encoded?.rows ?? rowsSource(rows);
  const check = compat === undefined ? saveCheck(options, path) : undefined;
  const writer = new ParquetWriter(path, options, countOf(source), {
    samples: encoded?.samples ?? [],
    types: [...(options.types ?? []), schemaTypes(check?.columns ?? [])],
    fixed: options.fixed ?? (options.fixedColumns === true ? fixedTypes(check?.columns ?? []) : undefined),
  });
  try {
    if (Array.isArray(source) && check === undefined) await writer.append(source);
    else {
      for await (const chunk of chunksOf(source, CHUNK_ROWS, { signal: options.signal })) {
        if (check === undefined || (await check.accepts(chunk))) await writer.append(chunk);
      }
    }
    check?.finish();
    return await writer.finish(attachment);
  } catch (error) {
    await writer.abort();
    throw error; // an error of the source's own is the user's: it passes as it is
  }
}

/** The rows in another program's form, after the schema has looked at them as they are. */
async function encode(rows: RowsSource, compat: Compat, options: WriteOptions, path: string): Promise<Encoded> {
  const check = saveCheck(options, path);
  const all: Row[] = [];
  for await (const chunk of chunksOf(rows, CHUNK_ROWS, { signal: options.signal })) {
    if (check === undefined || (await check.accepts(chunk))) for (const row of chunk) all.push(row);
  }
  check?.finish();
  const { signal } = options;
  return codecOf(compat).encode(all, new Pace(signal === undefined ? {} : { signal }));
}

/** What shows the types of columns beforehand. */
interface Expected {
  samples: readonly Row[];
  /** Those that come first count where they differ; a number that one of them makes a double is one. */
  types: readonly ColumnTypes[];
  /** All that counts, if it is there. */
  fixed: ColumnTypes | undefined;
}

class ParquetWriter {
  readonly #save: NativeSave;
  readonly #columniser: Columniser;
  readonly #pace: Pace;
  readonly #maxRows: number;
  /** None where row groups end by size, or where the blocks of shared rows do. */
  readonly #ends: RowGroupEnds | undefined;
  #chunkRows: number;
  #rows = 0;

  constructor(
    readonly path: string,
    readonly options: TypedWriteOptions,
    totalRows: number | undefined,
    { samples, types, fixed }: Expected,
  ) {
    const binding = loadBinding();
    if (binding === null) throw new CheckpointError('ERR_CKPT_INTERNAL', 'arrow-ckpt has a bug: a Parquet save without the binary');
    // Scratch memory is for a chunk: for few rows there is less to make and to clear.
    this.#chunkRows = this.#maxRows = Math.min(CHUNK_ROWS, options.rowGroupRows ?? CHUNK_ROWS, Math.max(totalRows ?? CHUNK_ROWS, 1));
    const { bloomFilter = false, pages, sharing, rowGroupRows = ROW_GROUP_ROWS } = options;
    this.#ends = pages === 'content' && (sharing === undefined || sharing.reflink === true) ? new RowGroupEnds(rowGroupRows) : undefined;
    this.#columniser = new Columniser(this.#chunkRows, bloomFilter === false ? undefined : new BloomMarks(bloomFilter));
    if (fixed !== undefined) fixColumns(this.#columniser, fixed);
    else for (const each of types) if (each.size > 0) this.#columniser.expect(sampleRowsOf(each), (root) => widenNumbers(root, each));
    if (samples.length > 0) this.#columniser.expect(samples);
    this.#pace = new Pace(options, totalRows);
    this.#save = new NativeSave(binding, path, options);
  }

  async append(rows: readonly Row[]): Promise<void> {
    for (let start = 0; start < rows.length;) {
      let count = Math.min(this.#rows === 0 ? FIRST_CHUNK_ROWS : this.#chunkRows, this.#chunkRows, rows.length - start);
      // The core ends row groups where its blocks of as many rows end, and only between chunks.
      if (this.options.sharing !== undefined) count = Math.min(count, CHUNK_ROWS - (this.#rows % CHUNK_ROWS));
      const ends = this.#ends?.find(rows, start, count) ?? 0;
      if (ends > 0) count = ends;
      let bytes = this.#fill(rows, start, count);
      while (bytes > MAX_CHUNK_BYTES && count > 1) {
        count = Math.max(1, Math.floor((count * MAX_CHUNK_BYTES) / bytes / 2));
        bytes = this.#fill(rows, start, count);
      }
      for (;;) {
        const slab = this.#save.room(bytes);
        if (slab === undefined) {
          await this.#save.makeRoom();
          continue;
        }
        const end = this.#columniser.write(slab, this.#save.offset(slab), count === ends);
        if (end >= 0) {
          this.#save.filled(slab, end);
          break;
        }
        // A text is not ASCII after all and needs other room; if it cannot be kept as it is, the chunk is filled again.
        bytes = this.#columniser.measure();
        if (bytes < 0) bytes = this.#fill(rows, start, count);
      }
      start += count;
      this.#rows += count;
      this.#adapt(bytes, count);
      this.#pace.advance(count);
      if (this.#pace.due) await this.#pace.turn();
    }
  }

  #fill(rows: readonly Row[], start: number, count: number): number {
    const first = (this.options.firstRow ?? 0) + this.#rows;
    try {
      return this.#columniser.fill(rows, start, count, first, rows.length - start - count);
    } catch (error) {
      throw located(error, (row) => rows[start + row - first]);
    }
  }

  /** Chunks of long texts get fewer rows, so that they fit a slab, and more again when the texts are short. */
  #adapt(bytes: number, count: number): void {
    if (bytes > SLAB_BYTES / 2) this.#chunkRows = Math.max(1, count >> 1);
    else if (bytes < SLAB_BYTES / 8 && count === this.#chunkRows) this.#chunkRows = Math.min(this.#maxRows, count * 2);
  }

  async finish(attachment?: Attachment): Promise<CheckpointInfo> {
    const { hash, compat, sharing, bloomFilter = false, moreMetadata } = this.options;
    this.#pace.check();
    if (this.#rows === 0) {
      const slab = this.#save.room(this.#columniser.emptyBytes) as Slab;
      this.#save.filled(slab, this.#columniser.writeEmpty(slab, this.#save.offset(slab)));
    }
    // Without rows there are no columns to know the names by.
    else if (this.options.firstRow === undefined) this.#columniser.blooms?.check(this.path);
    if (attachment !== undefined) {
      for await (const piece of attachment()) {
        await this.#save.attach(piece);
        this.#pace.check();
      }
    }
    const metadata = moreMetadata === undefined ? this.options.metadata : { ...this.options.metadata, ...moreMetadata() };
    const plan = this.#columniser.plan();
    const pairs = keyValuesOf(plan, hash, metadata, compat);
    if (sharing !== undefined && sharing.reflink !== true && bloomFilter !== false) pairs[KEY_BLOOM_FILTER] = JSON.stringify(bloomFilter);
    const saved = await this.#save.finish(pairs);
    this.#pace.finish();
    if ('tree' in saved) return ParquetFacts.of(this.path, saved).info();
    // What was just made of the plan and the metadata need not be read again.
    const { rows, bytes } = saved;
    const columns = logicalColumns(saved.columns, plan, rows);
    return { path: this.path, format: 'parquet', rows, bytes, hash: hash ?? null, metadata: { ...metadata }, columns, delta: null };
  }

  async abort(): Promise<void> {
    await this.#save.abort();
  }
}
