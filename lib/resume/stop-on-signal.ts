import { constants } from 'node:os';
import { CheckpointError } from '../base/errors.js';
import { invalid, show } from '../base/messages.js';
import { itemsOf } from '../base/value/items-of.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys } from '../options/options.js';
import { controlOf, checkDrain, type MapHandle, type StopOptions } from './map-handle.js';

/** Options of {@link stopOnSignal}. */
export interface StopOnSignalOptions extends StopOptions {
  /** The signals that end the runs. @default ['SIGINT', 'SIGTERM'] */
  signals?: readonly NodeJS.Signals[];
}

const KEYS = keysOf<StopOnSignalOptions>({ signals: true, drain: true });
const NEVER_CAUGHT: ReadonlySet<string> = new Set(['SIGKILL', 'SIGSTOP']);
const USUAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/**
 * Ends runs in order when the process gets a signal, as Ctrl+C sends it: the first calls {@link MapHandle.stop} of each, the second ends
 * the calls that are on their way, a third ends the process. The runs reject with `ERR_CKPT_STOPPED`; what the program does then is up to
 * it. When all runs have ended, signals do what they did before. What it returns ends that at once.
 *
 * ```ts
 * const run = checkpoints.map('process', 'summarise', articles, summarise, options);
 * stopOnSignal(run);
 * const { rows } = await run;
 * ```
 * @throws `ERR_CKPT_INVALID_ARGUMENT` for what is no run; `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION`
 */
export function stopOnSignal(runs: MapHandle | readonly MapHandle[], options?: StopOnSignalOptions): () => void {
  const handles: readonly MapHandle[] = (itemsOf(runs) as MapHandle[] | undefined) ?? [runs as MapHandle];
  for (const handle of handles) {
    if (controlOf(handle) !== undefined) continue;
    const message = `stopOnSignal takes what map or mapStream returns, or an array of these, got ${show(handle)}; do not await it before`;
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', message);
  }
  const given = asOptions(options, 'stopOnSignal') as StopOnSignalOptions;
  checkKeys(given, KEYS, 'stopOnSignal');
  checkDrain(given.drain);
  const signals = checkSignals(given.signals ?? USUAL);
  let count = 0;
  const onSignal = (): void => {
    count++;
    const again = count > 1;
    for (const handle of handles) handle.stop(again ? { drain: 0 } : given.drain === undefined ? {} : { drain: given.drain });
    if (process.stderr.isTTY) {
      process.stderr.write(
        again ? '\nending\n' : '\nending when the calls that are running have ended; the same again ends them at once\n',
      );
    }
    if (again) forget();
  };
  const forget = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  void Promise.all(handles.map((handle) => controlOf(handle)?.ended)).then(forget);
  return forget;
}

function checkSignals(signals: readonly NodeJS.Signals[]): readonly NodeJS.Signals[] {
  const isCaught = (signal: string): boolean => Object.hasOwn(constants.signals, signal) && !NEVER_CAUGHT.has(signal);
  if (!Array.isArray(signals) || signals.length === 0 || !signals.every((signal) => typeof signal === 'string' && isCaught(signal)))
    throw invalid(`signals must be names of signals that a process can catch, 'SIGINT' for example, got ${show(signals)}`);
  return [...new Set(signals)];
}
