import type { Row } from '../../base/rows.js';
import { clearDirectory, clearStepFolder } from '../../directory/clear.js';
import { directoryListing, totalBytes } from '../../directory/inventory.js';
import { batchFolder, batchFoldersOf, batchStem, filesOf, stepFolder } from '../../directory/layout.js';
import type { CheckpointListing } from '../../directory/manager-options.js';
import { OperationFiles, type Home } from '../../directory/operation-files.js';
import { saveBatch } from '../../directory/save-batch.js';
import type { CheckpointInfo, WriteOptions } from '../../options/options.js';
import type { FailureRecord } from '../failure-record.js';
import { failuresOf } from '../failures-of.js';
import { jobsOf } from '../jobs/job-folder.js';
import type { JobInfo } from '../jobs/job-record.js';
import { mapsIn, type MapListing } from '../map-listing.js';
import { partialResults, type PartialResults } from '../partial-results.js';
import { planRows, type IncrementalPlan } from '../plan.js';
import { batchIndexes, deleteBatches, readBatches } from '../read-batches.js';
import { refuseTakenIndex } from '../refuse-taken-index.js';
import { sweepDirectory } from '../sweep-directory.js';
import type { checkSweepOptions, SweepResult } from '../sweep-options.js';
import type { DirectoryPlace, NamedOperation, PlanGiven } from './directory-place.js';

/** A directory of local files. */
export class LocalPlace implements DirectoryPlace {
  readonly #home: Home;

  constructor(home: Home) {
    this.#home = home;
  }

  operation(step: string, operation: string, hash?: string): Promise<OperationFiles> {
    return OperationFiles.of(this.#home, step, operation, hash);
  }

  async saveBatch(
    operation: string,
    index: number,
    step: string | undefined,
    rows: Iterable<Row> | AsyncIterable<Row>,
    options: WriteOptions,
  ): Promise<CheckpointInfo> {
    const { directory, store, logger } = this.#home;
    const stem = batchStem(await batchFolder(directory, operation, step), index);
    await refuseTakenIndex((await filesOf(stem)).map(({ path }) => path));
    return saveBatch({ store, stem, logger }, rows, options);
  }

  async loadBatches(operation: string, step: string | undefined): Promise<Row[][]> {
    const batches = await readBatches(await batchFoldersOf(this.#home.directory, operation, step), this.#home.logger);
    return batches.map(({ rows }) => rows);
  }

  async batchIndexes(operation: string, step: string | undefined): Promise<number[]> {
    return batchIndexes(await batchFoldersOf(this.#home.directory, operation, step));
  }

  async deleteBatches(operation: string, step: string | undefined): Promise<number> {
    const { directory } = this.#home;
    return deleteBatches(directory, await batchFoldersOf(directory, operation, step));
  }

  mapped({ step, operation, hash }: NamedOperation): Promise<OperationFiles> {
    return OperationFiles.of(this.#home, step, operation, hash);
  }

  async jobs(of: NamedOperation): Promise<JobInfo[]> {
    return jobsOf(await this.mapped(of));
  }

  async partial(of: NamedOperation): Promise<PartialResults<Row> | null> {
    return partialResults(await this.mapped(of));
  }

  async failures(of: NamedOperation): Promise<FailureRecord[]> {
    return failuresOf(await this.mapped(of));
  }

  async plan(of: NamedOperation, rows: Iterable<Row> | AsyncIterable<Row>, given: PlanGiven): Promise<IncrementalPlan> {
    return planRows(await this.mapped(of), rows, given);
  }

  list(): Promise<CheckpointListing[]> {
    return directoryListing(this.#home.directory, this.#home.config);
  }

  maps(): Promise<MapListing[]> {
    return mapsIn(this.#home.directory);
  }

  totalBytes(): Promise<number> {
    return totalBytes(this.#home.directory);
  }

  async clearStep(step: string): Promise<number> {
    const removed = await clearStepFolder(await stepFolder(this.#home.directory, step));
    await this.#home.config.set(step, undefined, null);
    return removed;
  }

  clearAll(): Promise<number> {
    return clearDirectory(this.#home.directory, this.#home.config);
  }

  sweep(options: ReturnType<typeof checkSweepOptions>): Promise<SweepResult> {
    return sweepDirectory(this.#home, options);
  }

  localHome(): Home {
    return this.#home;
  }

  localFiles(_call: string, of: NamedOperation): Promise<OperationFiles> {
    return this.mapped(of);
  }
}
