import { EXIT, type ExitCode } from './exit-codes.js';

/** The reason of an abort by a signal of the system. */
export class Interrupted extends Error {
  readonly exitCode: ExitCode;

  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`);
    this.exitCode = signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
  }
}

/**
 * Ctrl+C and SIGTERM abort what is running, which then cleans up: no temporary stays. A second one ends the process at once.
 * `forget` gives the signals back.
 */
export function interruptible(): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    const reason = new Interrupted(name);
    if (controller.signal.aborted) process.exit(reason.exitCode);
    controller.abort(reason);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return { signal: controller.signal, forget: () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal) };
}
