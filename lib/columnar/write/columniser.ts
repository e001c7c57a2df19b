import { CheckpointError } from '../../base/errors.js';
import { isWorthCode } from '../../base/generate.js';
import { isPlainObject, isPrototypeExtended, type Row } from '../../base/rows.js';
import { copyAsLoaded } from '../../base/value/copy.js';
import type { LogicalPlan } from '../plan.js';
import type { BloomMarks } from './bloom-marks.js';
import { ChunkBytes, writePlanRecord, type Slab } from './chunk-bytes.js';
import { generateFill, generateWalk, type Fill } from './fill-code.js';
import { RootNode } from './root-node.js';
import { checkRowSize, SMALL_ROW_BYTES } from './row-size.js';
import type { Shape } from './shape.js';
import type { FillContext } from './nodes.js';

/** Rows in a chunk: enough that calls cost nothing, few enough that the scratch stays in the cache (ARCHITECTURE.md, law 2). */
export const CHUNK_ROWS = 1024;
/** Rows in the first chunk, which shows the plan: enough to see which texts repeat. */
export const FIRST_CHUNK_ROWS = 256;
/** Rows that closures put are of many shapes when more than one in so many is not of the most frequent one. */
const RAGGED_ROWS = 8;
/** More than the plan record of a checkpoint without rows and columns takes. */
const EMPTY_BYTES = 1024;
/** A chunk is filled again each time it shows the plan something new; a plan that never settles is a bug. */
const MAX_PASSES = 10_000;
/**
 * After so many the values may be others each time they are read, through accessors or Proxies: then each is read once more, and no
 * further.
 */
const PASSES_BEFORE_COPIES = 8;

/** Turns chunks of rows into records: speculates that rows are as they were so far, verifies, and mends its plan where they are not. */
export class Columniser {
  readonly #root: RootNode;
  readonly #bytes = new ChunkBytes();
  readonly #context: FillContext = { firstRow: 0, row: 0, stale: false, byClosures: 0, isExtended: false, late: false };
  /** Counts changes of the plan; generated code is for one version. */
  #version = 0;
  #fill: Fill | undefined;
  #filledVersion = -1;
  #filledShape: Shape | undefined;
  /** Rows are of many shapes: the code walks their keys. */
  #walks = false;
  /** Chunks to wait before the code is generated for another shape: doubles each time, so that ragged rows do not compile for ever. */
  #patience = 1;
  #chunksSince = 0;
  #plannedVersion = -1;
  #planText = '';
  #planRecord: string | undefined;
  #count = 0;

  constructor(
    readonly chunkRows: number = CHUNK_ROWS,
    readonly blooms?: BloomMarks,
  ) {
    this.#root = new RootNode('row', chunkRows);
  }

  /** Gives the columns the types of sample rows, before the first real ones. `widen`: what else they are to be. */
  expect(samples: readonly Row[], widen: (root: RootNode) => void = () => {}): void {
    this.#root.evolve(samples, 0, samples.length);
    widen(this.#root);
    this.#changed();
  }

  /** Room for the record of a checkpoint without rows. */
  get emptyBytes(): number {
    return EMPTY_BYTES + Buffer.byteLength(this.#columns());
  }

  /**
   * Fills from up to `chunkRows` rows; gives the bytes that the records may take. Throws for rows that cannot be kept. `more`: rows that
   * are known to follow.
   */
  fill(given: readonly Row[], from: number, count: number, firstRow: number, more = 0): number {
    let rows = given;
    let start = from;
    const root = this.#root;
    const context = this.#context;
    context.firstRow = firstRow;
    this.#count = count;
    if (root.adapt()) this.#changed();
    let takesCode = true;
    if (this.#version === 0) {
      takesCode = root.begin(rows, start, count) && isWorthCode(count + more);
      this.#changed();
    }
    context.isExtended = isPrototypeExtended();
    if (!context.isExtended && takesCode) this.#generate();
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      if (pass === PASSES_BEFORE_COPIES) {
        rows = given.slice(from, from + count).map((row, index) => copyOfRow(row, firstRow + index));
        start = 0;
      }
      context.stale = false;
      context.byClosures = 0;
      root.resetChunk(count);
      if (this.#fill !== undefined && this.#filledVersion === this.#version && !context.isExtended) this.#fill(rows, start, count, context);
      else for (let index = 0; index < count; index++) root.putRow(index, rows[start + index], context);
      if (!context.stale) {
        const bytes = this.measure();
        if (bytes >= 0) return bytes;
      } else {
        root.evolve(rows, start, count);
        this.#changed();
      }
    }
    throw new CheckpointError('ERR_CKPT_INTERNAL', `arrow-ckpt has a bug: the plan of the chunk at row ${firstRow} does not settle`);
  }

  /**
   * The bytes that the records of the filled chunk may take, or -1: fill it again. @throws `ERR_CKPT_LIMIT` for a row that no load could
   * give back
   */
  measure(): number {
    const bytes = this.#bytes.measure(this.#root.children, this.#count);
    if (bytes < 0) {
      this.#changed(); // generated code does not look for lone surrogates yet
      return -1;
    }
    if (this.#count === 1 && bytes > SMALL_ROW_BYTES) checkRowSize(this.#root, this.#context.firstRow);
    this.#plan();
    return this.#planRecord === undefined ? bytes : bytes + 16 + Buffer.byteLength(this.#planRecord);
  }

  /** Writes the records at `offset`; gives their end, or -1 if `measure` must look again. `mayEnd`: a row group may end behind them. */
  write(slab: Slab, offset: number, mayEnd = false): number {
    const start = this.#planRecord === undefined ? offset : writePlanRecord(slab, offset, this.#planRecord);
    const end = this.#bytes.write(slab, start, this.#root.children, this.#count, mayEnd);
    if (end >= 0) this.#planRecord = undefined;
    return end;
  }

  /** Writes the plan record of a checkpoint without rows at `offset`; gives its end. */
  writeEmpty(slab: Slab, offset: number): number {
    this.#root.settleShapes();
    return writePlanRecord(slab, offset, this.#columns());
  }

  /** Adds the exceptions of the filled chunk to `counts`, by key; whole rows under null. */
  countIrregular(counts: Map<string | null, number>): void {
    this.#root.countIrregular(counts, this.#count);
  }

  /** The logical plan as it is now. */
  plan(): LogicalPlan {
    return this.#root.plan();
  }

  /** The physical plan as JSON. */
  #columns(): string {
    const columns = this.#root.columns();
    return JSON.stringify(this.blooms === undefined ? columns : this.blooms.mark(columns, this.#root.plan()));
  }

  /** Sets the plan record to write if the columns are not those of the last one. */
  #plan(): void {
    if (this.#plannedVersion === this.#version) return;
    this.#plannedVersion = this.#version;
    const text = this.#columns();
    if (text === this.#planText) return;
    this.#planText = text;
    this.#planRecord = text;
  }

  /** The plan has changed: no code is for it yet. */
  #changed(): void {
    this.#version++;
  }

  /**
   * Generates the filling code when there is none for the plan as it is, when too many rows were not of its shape, or when shapes lack
   * fields that all had.
   */
  #generate(): void {
    const { shapes } = this.#root;
    const isMissed = !this.#walks && this.#context.byClosures * RAGGED_ROWS > this.#count;
    if (this.#filledVersion === this.#version && !isMissed && !this.#context.late) return;
    if (shapes.recent === undefined || ++this.#chunksSince < this.#patience) return;
    this.#chunksSince = 0;
    if (this.#filledShape !== undefined) this.#patience *= 2;
    const shape = this.#mostFrequent() ?? this.#filledShape ?? shapes.recent;
    this.#fill = this.#walks ? generateWalk(this.#root) : generateFill(this.#root, shape);
    this.#filledShape = shape;
    this.#filledVersion = this.#version;
    this.#context.late = false;
  }

  /** The shape of most rows that closures have put since the last call. Takes note if rows are of many shapes. */
  #mostFrequent(): Shape | undefined {
    let rows = 0;
    let most: Shape | undefined;
    for (const shape of this.#root.shapes.shapes) {
      if (shape.rows > (most?.rows ?? 0)) most = shape;
      rows += shape.rows;
    }
    if (most !== undefined && (rows - most.rows) * RAGGED_ROWS > rows) this.#walks = true;
    for (const shape of this.#root.shapes.shapes) shape.rows = 0;
    return most;
  }
}

/** What is no row is refused where it is put. */
function copyOfRow(row: Row, index: number): Row {
  return isPlainObject(row) ? copyAsLoaded(row, { row: index, path: '' }) : row;
}
