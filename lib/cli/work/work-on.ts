import { basename } from 'node:path';
import { CheckpointManager } from '../../api/checkpoint-manager.js';
import { CheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { storeAt } from '../../formats/remote/store-at.js';
import type { CheckpointInfo } from '../../options/options.js';
import type { MapSummary } from '../../resume/events.js';
import type { MapHandle } from '../../resume/map-handle.js';
import type { MapOptions } from '../../resume/map-options.js';
import { skippedRows } from '../../resume/skipped-rows.js';
import type { Failure } from '../failure.js';
import type { Digests, PartState } from './digests.js';
import { refuseItself, type Part } from './part.js';
import type { Step } from './step-module.js';

/** Metadata of results: the name of the file of their rows and its SHA-256, of an object its ETag, as JSON. */
const INPUT = 'arrow-ckpt.input';

/** What became of a part: a line of the output of `work`. */
export interface Outcome {
  part: string;
  /** `done`: computed; `there`: the results were there, of the same rows, with the same hash; `failed`: see `error` or `failed`. */
  status: 'done' | 'there' | 'failed';
  /** The file of the results; null where there is none. */
  path: string | null;
  /** Rows of the input whose results this run made, whose results were there, and that failed. */
  computed?: number;
  resumed?: number;
  failed?: number;
  /** Calls of the function. */
  calls?: number;
  /** What they cost, where the step tells. */
  cost?: number;
  error?: Failure;
}

/** What the work on a part is told, and tells. */
export interface Work {
  /** Of the parts. */
  digests: Digests;
  signal: AbortSignal;
  /** The options of the step beside its own ones. */
  onProgress: NonNullable<MapOptions['onProgress']>;
}

/**
 * Computes the results of a part, unless they are there: made from a file with the same bytes, or of an object in the same state, with the
 * same hash. What an earlier run of the part has finished is not computed again.
 * @throws what `map` throws; `ERR_CKPT_INVALID_ARGUMENT` where the results of another part have that name, or the part itself
 */
export async function workOn(part: Part, step: Step, work: Work): Promise<Outcome> {
  const manager = new CheckpointManager(part.directory, { logger: false });
  const source: Source = { name: basename(part.input), ...(await work.digests.of(part.input)) };
  const before = await manager.getCheckpointInfo(part.step, part.operation);
  if (before !== null) await refuseItself(part, before.path);
  const made = sourceOf(before);
  if (made?.name !== undefined && made.name !== source.name) throw twins(part, made.name, before?.path);
  const isSame = made?.sha256 === source.sha256 && made?.etag === source.etag && before?.hash === (step.options.hash ?? null);
  // Rows that failed are tried again.
  if (before !== null && isSame && skippedRows(before.metadata) === 0) return { part: part.name, status: 'there', path: before.path };
  const ours = { onProgress: work.onProgress, metadata: { ...step.options.metadata, [INPUT]: JSON.stringify(source) } };
  const { computed, resumed, failed, calls, usage, path } = await summaryOf(manager, part, step, ours, work.signal);
  const cost = usage.run.cost > 0 ? { cost: usage.run.cost } : {};
  const status = path === null ? 'failed' : 'done';
  return { part: part.name, status, path, computed, resumed, failed: failed.length, calls, ...cost };
}

/** Runs the map; a signal ends it in order. */
async function summaryOf(
  manager: CheckpointManager,
  { input, step, operation }: Part,
  given: Step,
  ours: Pick<MapOptions, 'onProgress' | 'metadata'>,
  signal: AbortSignal,
): Promise<MapSummary> {
  const rows = rowsOf(input);
  if (given.kind === 'batches') {
    const run = manager.mapBatches(step, operation, rows, given.fn, { ...given.options, ...ours });
    return stoppable(run, signal, () => run);
  }
  const run = manager.mapStream(step, operation, rows, given.fn, { ...given.options, ...ours });
  return stoppable(run, signal, async () => {
    for (;;) {
      const next = await run.next();
      if (next.done === true) return next.value;
    }
  });
}

async function stoppable<T>(run: MapHandle, signal: AbortSignal, ended: () => Promise<T>): Promise<T> {
  const stop = (): void => run.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await ended();
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function* rowsOf(path: string): AsyncGenerator<Row, void, undefined> {
  for await (const batch of (await storeAt(path)).batches(path, {})) yield* batch;
}

interface Source extends PartState {
  name: string;
}

/** The file whose rows a checkpoint has the results of; undefined where that is not said. */
function sourceOf(info: CheckpointInfo | null): Partial<Source> | undefined {
  const text = info?.metadata[INPUT];
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Source);
  } catch {
    return undefined;
  }
}

function twins({ name }: Part, other: string, path: string | undefined): CheckpointError {
  const message = `${name} and ${other} have the same name but for their extensions, so their results would have one name; rename one`;
  return new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', message, path === undefined ? {} : { path });
}
