/**
 * A callback of the user's that does not break the work when it throws, or when its promise rejects: the process gets a warning, and it is
 * not called again.
 */
export function guarded<T>(call: ((argument: T) => unknown) | undefined, name: string): ((argument: T) => void) | undefined {
  if (call === undefined) return undefined;
  let works = true;
  const fail = (how: string, error: unknown): void => {
    // Calls that were made before the first one failed may fail later.
    if (!works) return;
    works = false;
    process.emitWarning(`${name} ${how} and is not called again: ${textOf(error)}`, 'CheckpointWarning');
  };
  return (argument) => {
    if (!works) return;
    try {
      unheeded(call(argument), (error) => fail('rejected', error));
    } catch (error) {
      fail('threw', error);
    }
  };
}

/** What a call of the user's gave that nothing waits for: a promise among it must not end the process when it rejects. */
export function unheeded(given: unknown, onRejection: (error: unknown) => void = () => {}): void {
  if ((typeof given !== 'object' && typeof given !== 'function') || given === null) return;
  // A thenable, too: it is asked but once for `then`, and what that throws is a rejection.
  void Promise.resolve(given).then(undefined, onRejection);
}

/** Anything may be thrown, also what has no text. */
function textOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'a value without a text';
  }
}
