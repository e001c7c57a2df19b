import { dirname } from 'node:path';
import { isCheckpointError } from '../base/errors.js';
import { syncFolder } from '../base/commit/commit.js';
import { removeUnchanged } from '../base/commit/remove-unchanged.js';
import type { FileLock } from '../base/lock/file-lock.js';
import { removeEmptyFolder, removeFiles } from '../directory/clear.js';
import type { DocetlConfig } from '../directory/docetl-config.js';
import { filesOf, listSteps, operationStem, stepFolder } from '../directory/layout.js';
import type { Home } from '../directory/operation-files.js';
import { removeEmptyParts } from '../directory/parts.js';
import { sweepPool } from '../directory/sweep-pool.js';
import { settleSwaps } from '../directory/temporaries.js';
import { forgetUses, forgetUsesIn } from '../directory/use-record.js';
import { leftovers } from './leftovers.js';
import { leftWorkers } from './workers/left-workers.js';
import { isInUse, takeLease } from '../directory/lease.js';
import type { SweepItem } from './sweep-item.js';
import { sweepAll } from './sweep-all.js';
import { sweepItems } from './sweep-items.js';
import type { checkSweepOptions, SweepResult } from './sweep-options.js';

type Checked = ReturnType<typeof checkSweepOptions>;

/** Removes from a directory what is not needed any more, and nothing that a running process is using. */
export async function sweepDirectory(
  { directory, config, logger }: Pick<Home, 'directory' | 'config' | 'logger'>,
  options: Checked,
): Promise<SweepResult> {
  const { dryRun = false } = options;
  if (!dryRun) for (const { folder } of await listSteps(directory)) await settleSwaps(folder);
  const items = await sweepItems(directory, config);
  const sweeping = new Sweeping(directory, config, dryRun, items);
  const result = await sweepAll(items, options, (item) => sweeping.remove(item));
  for (const { path, bytes } of await leftovers(directory, items)) {
    result.removed.push({ path, kind: 'temporary', step: null, operation: null, bytes, reason: 'leftover' });
    if (!dryRun) await removeFiles([path]);
  }
  for (const { path, bytes } of await leftWorkers(directory, dryRun))
    result.removed.push({ path, kind: 'temporary', step: null, operation: null, bytes, reason: 'leftover' });
  if (!dryRun) await sweeping.finish();
  // Last, when those that referred to them are gone.
  for (const { path, bytes } of await sweepPool(directory, { dryRun, logger }))
    result.removed.push({ path, kind: 'holder', step: null, operation: null, bytes, reason: 'unreferenced' });
  result.bytes = result.removed.reduce((sum, { bytes }) => sum + bytes, 0);
  return result;
}

/** Removes items under the leases of their operations. */
class Sweeping {
  readonly #directory: string;
  readonly #config: DocetlConfig;
  readonly #dryRun: boolean;
  /** The steps that have an operation: whose a batch may be that does not say. */
  readonly #steps = new Map<string, Set<string>>();
  readonly #removed = new Map<string, SweepItem>();
  readonly #folders = new Set<string>();

  constructor(directory: string, config: DocetlConfig, dryRun: boolean, items: readonly SweepItem[]) {
    this.#directory = directory;
    this.#config = config;
    this.#dryRun = dryRun;
    for (const { step, operation } of items) {
      const steps = this.#steps.get(operation) ?? new Set();
      if (step !== null) steps.add(step);
      this.#steps.set(operation, steps);
    }
  }

  /** Removes the file; false where a running process works on the operation, or has just written it anew. */
  async remove(item: SweepItem): Promise<boolean> {
    const { step, operation } = item;
    const steps = step === null ? [...(this.#steps.get(operation) ?? [])] : [step];
    if (this.#dryRun) {
      for (const each of steps) if (await isInUse({ directory: this.#directory, step: each, operation })) return false;
      return true;
    }
    const leases: FileLock[] = [];
    try {
      for (const each of steps)
        leases.push(await takeLease({ directory: this.#directory, step: each, operation }, { lockWait: 0, sweeps: true }));
      if (!(await removeUnchanged(item.path, item.version))) return false;
      const folder = dirname(item.path);
      this.#folders.add(folder);
      // Batches that say their step are in a folder of the step's.
      if (item.kind === 'batch' && dirname(folder) !== this.#directory) this.#folders.add(dirname(folder));
      // The folder of all kept results, and that of the step.
      if (item.kind === 'kept') for (const above of [dirname(folder), dirname(dirname(folder))]) this.#folders.add(above);
      if (item.kind === 'checkpoint') this.#removed.set(JSON.stringify([step, operation]), item);
      return true;
    } catch (error) {
      if (isCheckpointError(error) && error.code === 'ERR_CKPT_LOCKED') return false;
      throw error;
    } finally {
      for (const lease of leases) await lease.release();
    }
  }

  /** Forgets the hashes of checkpoints that are gone, and removes folders that are empty now. */
  async finish(): Promise<void> {
    for (const { step, operation } of this.#removed.values()) {
      const stem = await operationStem(await stepFolder(this.#directory, step as string), operation);
      if ((await filesOf(stem)).length === 0) await this.#config.set(step as string, operation, null);
    }
    // Only those that it has emptied: another may be about to save to one that is empty.
    for (const folder of [...this.#folders].sort((one, other) => other.length - one.length)) {
      await syncFolder(folder);
      await forgetUses(folder);
      await removeEmptyParts(folder);
      await removeEmptyFolder(folder);
    }
    // What others have removed, without a word of its use.
    for (const folder of [this.#directory, ...(await listSteps(this.#directory)).map((step) => step.folder)]) await forgetUsesIn(folder);
  }
}
