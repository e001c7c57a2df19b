import type { Row } from '../../base/rows.js';
import type { FoundFile } from '../../directory/layout.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import type { MapSummary } from '../events.js';
import type { CheckedMapOptions } from '../map-options.js';
import { finalLock } from './final-lock.js';
import type { Membership } from './membership.js';
import { readFinal } from './read-final.js';
import type { ResultsSoFar } from './results-so-far.js';
import type { AllArrivals } from './shared-arrivals.js';
import type { SharedInput } from './shared-input.js';

/** How often a worker looks whether another has made the checkpoint. */
const LOOK_MS = 30;

/** What there is when all rows are done; `usage`: where this worker made the checkpoint. */
export type Whole = Pick<MapSummary, 'computed' | 'removed' | 'calls' | 'failed' | 'path'> & Partial<Pick<MapSummary, 'usage'>>;

/** All rows are done or have failed: their results. The first worker that comes here makes the checkpoint. */
export async function whole(
  files: OperationFiles,
  input: SharedInput,
  { folder }: Membership,
  results: ResultsSoFar,
  signal: AbortSignal,
  arrivals: AllArrivals | undefined,
  onError: CheckedMapOptions<Row>['onError'],
  alone: () => Promise<MapSummary>,
): Promise<Whole> {
  // Where rows have failed, only 'skip' takes a checkpoint without them.
  const made = (): FoundFile | undefined => (results.failures.size > 0 && onError !== 'skip' ? undefined : results.final);
  await results.look();
  while (made() === undefined) {
    // Whoever makes it has the lock for longer than it takes until it is there: batches are to be removed.
    const lock = await finalLock(folder, signal, LOOK_MS);
    try {
      await results.look();
      if (lock !== undefined && made() === undefined) return await alone();
    } finally {
      await lock?.release();
    }
  }
  const final = made() as FoundFile;
  if (await readFinal(files, final, input, signal, arrivals)) {
    const failed = [...results.failures.values()].sort((a, b) => a.row - b.row);
    return { computed: 0, removed: 0, calls: 0, failed, path: final.path };
  }
  // It is damaged, or somebody has removed it: its rows are computed again, as in any map.
  const again = await finalLock(folder, signal, Number.POSITIVE_INFINITY);
  try {
    return await alone();
  } finally {
    await again?.release();
  }
}
