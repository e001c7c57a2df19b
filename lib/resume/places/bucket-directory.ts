import { CheckpointError } from '../../base/errors.js';
import type { HeldLease } from '../../base/lock/held-lease.js';
import type { Row } from '../../base/rows.js';
import { BucketLease } from '../../bucket/bucket-lease.js';
import { BucketHashes } from '../../directory/bucket/bucket-hashes.js';
import { bucketBytes, bucketListing } from '../../directory/bucket/bucket-inventory.js';
import { itemsIn, itemsOf, type BucketItem } from '../../directory/bucket/bucket-contents.js';
import { placeIn, type BucketHome } from '../../directory/bucket/bucket-home.js';
import { leasePlace, takeBucketLease } from '../../directory/bucket/bucket-lease-of.js';
import { batchFoldersFor } from '../../directory/bucket/bucket-names.js';
import { BucketOperation, type BucketDirectoryParts } from '../../directory/bucket/bucket-operation.js';
import { clearBucket, clearBucketStep } from '../../directory/bucket/clear-bucket.js';
import { findObjects } from '../../directory/bucket/find-objects.js';
import { withLocalCopies, type CopyDepth } from '../../directory/bucket/local-copies.js';
import { batchItems, operationItems } from '../../directory/bucket/operation-items.js';
import { removeItems } from '../../directory/bucket/remove-items.js';
import { DocetlConfig } from '../../directory/docetl-config.js';
import { batchFoldersOf, batchStem, EXTENSIONS } from '../../directory/layout.js';
import type { CheckpointListing } from '../../directory/manager-options.js';
import { OperationFiles } from '../../directory/operation-files.js';
import { RecentFiles } from '../../directory/recent-files.js';
import { refuseLocalOptions } from '../../formats/refuse-local-options.js';
import { writeRemote } from '../../formats/remote/write-remote.js';
import type { CheckpointInfo, WriteOptions } from '../../options/options.js';
import type { FailureRecord } from '../failure-record.js';
import { failuresOf } from '../failures-of.js';
import { jobsOf } from '../jobs/job-folder.js';
import type { JobInfo } from '../jobs/job-record.js';
import { mapsIn, type MapListing } from '../map-listing.js';
import { partialResults, type PartialResults } from '../partial-results.js';
import { planRows, type IncrementalPlan } from '../plan.js';
import { batchIndexes, readBatches } from '../read-batches.js';
import { refuseTakenIndex } from '../refuse-taken-index.js';
import { Staging } from '../staging/staging.js';
import type { checkSweepOptions, SweepResult } from '../sweep-options.js';
import type { DirectoryPlace, NamedOperation, PlanGiven } from './directory-place.js';
import { sweepBucket } from './sweep-bucket.js';

/**
 * A directory of objects in a bucket. Checkpoints are read where they are; what looks into many files at once gets local copies of as much
 * of them as it needs.
 */
export class BucketDirectory implements DirectoryPlace {
  readonly #parts: BucketDirectoryParts;

  constructor(parts: Omit<BucketDirectoryParts, 'hashes'>) {
    this.#parts = { ...parts, hashes: new BucketHashes(parts.home) };
  }

  async operation(step: string, operation: string, hash?: string): Promise<BucketOperation> {
    return new BucketOperation(this.#parts, step, operation, hash);
  }

  /** An object as any. Those before it are not written again with its types: docs/buckets.md. */
  async saveBatch(
    operation: string,
    index: number,
    step: string | undefined,
    rows: Iterable<Row> | AsyncIterable<Row>,
    options: WriteOptions,
  ): Promise<CheckpointInfo> {
    const { home, store } = this.#parts;
    // As on disk, batches are whole.
    const whole: WriteOptions = { ...options, base: false };
    refuseLocalOptions(whole);
    const name = batchStem('', index);
    const stem = `${batchFoldersFor(operation, step)[0]}/${name}`;
    const paths = EXTENSIONS.map((extension) => stem + extension);
    const there = await findObjects(home, paths, options.signal);
    if (there.length > 0) await refuseTaken(home, stem);
    const own = placeIn(home, stem + store.extension).key;
    const twins = there.filter(({ key }) => key !== own);
    const info = await writeRemote(placeIn(home, stem + store.extension), rows, whole, {}, { store });
    for (const { key, version } of twins) await home.bucket.delete(key, { ifMatch: version }).catch(() => {});
    return info;
  }

  async loadBatches(operation: string, step: string | undefined): Promise<Row[][]> {
    return this.#batches(operation, step, 'whole', async (directory) => {
      const batches = await readBatches(await batchFoldersOf(directory, operation, step), this.#parts.logger);
      return batches.map(({ rows }) => rows);
    });
  }

  async batchIndexes(operation: string, step: string | undefined): Promise<number[]> {
    return this.#batches(operation, step, 'record', async (directory) => batchIndexes(await batchFoldersOf(directory, operation, step)));
  }

  async deleteBatches(operation: string, step: string | undefined): Promise<number> {
    const items = await batchItems(this.#parts.home, operation, step, true);
    let removed = 0;
    for (const each of new Set(items.map((item) => item.step))) {
      const lease: HeldLease | undefined =
        each === null ? undefined : await takeBucketLease(this.#parts.home, each, operation, { lockWait: 0, sweeps: true });
      try {
        removed += await removeItems(
          this.#parts,
          items.filter((item) => item.step === each),
        );
      } finally {
        await lease?.release();
      }
    }
    return removed;
  }

  async mapped({ step, operation, hash }: NamedOperation): Promise<OperationFiles> {
    return Staging.of(this.#parts, { step, operation, hash });
  }

  jobs({ step, operation }: NamedOperation): Promise<JobInfo[]> {
    return Staging.batches(this.#parts, { step, operation }, jobsOf);
  }

  partial(of: NamedOperation): Promise<PartialResults<Row> | null> {
    return this.#copied(of, 'whole', false, partialResults);
  }

  failures(of: NamedOperation): Promise<FailureRecord[]> {
    return this.#copied(of, 'record', false, failuresOf);
  }

  plan(of: NamedOperation, rows: Iterable<Row> | AsyncIterable<Row>, given: PlanGiven): Promise<IncrementalPlan> {
    return this.#copied(of, 'record', true, (files) => planRows(files, rows, given));
  }

  list(): Promise<CheckpointListing[]> {
    return bucketListing(this.#parts);
  }

  async maps(): Promise<MapListing[]> {
    const { home } = this.#parts;
    const listed = await withLocalCopies(
      home,
      () => itemsOf(home, ['batch']),
      () => 'record',
      (directory) => mapsIn(directory),
    );
    const running = new Set<string>();
    for (const listing of listed) {
      const { step, operation } = listing;
      const name = JSON.stringify([step, operation]);
      if (running.has(name) || !(await BucketLease.isSeen(leasePlace(home, step, operation)))) continue;
      running.add(name);
      listing.state = 'running';
    }
    return listed;
  }

  totalBytes(): Promise<number> {
    return bucketBytes(this.#parts.home);
  }

  clearStep(step: string): Promise<number> {
    return clearBucketStep(this.#parts, step);
  }

  clearAll(): Promise<number> {
    return clearBucket(this.#parts);
  }

  sweep(options: ReturnType<typeof checkSweepOptions>): Promise<SweepResult> {
    return sweepBucket(this.#parts, options);
  }

  localHome(call: string): never {
    const { url } = this.#parts.home;
    const message = `${call} works on local directories, and ${url} is in a bucket. Copy it (arrow-ckpt copy), work on the copy, and copy that back`;
    throw new CheckpointError('ERR_CKPT_NOT_FOR_BUCKETS', message, { path: url });
  }

  async localFiles(call: string): Promise<never> {
    return this.localHome(call);
  }

  #batches<T>(operation: string, step: string | undefined, depth: CopyDepth, work: (directory: string) => Promise<T>): Promise<T> {
    const { home } = this.#parts;
    return withLocalCopies(
      home,
      () => batchItems(home, operation, step, true),
      () => depth,
      work,
    );
  }

  /** Calls `work` with the files of an operation in a local directory. */
  #copied<T>(
    { step, operation, hash }: NamedOperation,
    depth: CopyDepth,
    kept: boolean,
    work: (files: OperationFiles) => Promise<T>,
  ): Promise<T> {
    const { home, store, logger } = this.#parts;
    const list = (): Promise<BucketItem[]> => operationItems(home, { step, operation }, { kept });
    return withLocalCopies(
      home,
      list,
      () => depth,
      async (directory) => {
        const copy = { directory, store, config: new DocetlConfig(directory), logger, recent: new RecentFiles(0) };
        return work(await OperationFiles.of(copy, step, operation, hash));
      },
    );
  }
}

/** See {@link refuseTakenIndex}. `stem`: the path of the batch without the extension. */
function refuseTaken(home: BucketHome, stem: string): Promise<void> {
  return withLocalCopies(
    home,
    async () => {
      const items: BucketItem[] = [];
      for await (const item of itemsIn(home, `${stem}.`)) items.push(item);
      return items;
    },
    () => 'record',
    (_, items) => refuseTakenIndex(items.keys()),
  );
}
