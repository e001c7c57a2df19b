import { open, stat } from 'node:fs/promises';
import { CheckpointError } from '../../base/errors.js';

/**
 * Calls `work`, which looks at a folder by its name. @throws `ERR_CKPT_CHANGED` where another folder or a file had the name at the end, or
 * nothing: then what was found may be of two states, some of it removed
 */
export async function whileSame<T>(folder: string, work: () => Promise<T>): Promise<T> {
  // While it is open, no new folder has its number. Not every system opens folders.
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    const before = await (handle === undefined ? stat(folder, { bigint: true }) : handle.stat({ bigint: true })).catch(() => undefined);
    const outcome = await work().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const after = await stat(folder, { bigint: true }).catch(() => undefined);
    if (before !== undefined && (before.dev !== after?.dev || before.ino !== after.ino)) throw changed(folder, outcome);
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  } finally {
    await handle?.close();
  }
}

function changed(path: string, outcome: object): CheckpointError {
  const message = `${path} was replaced while it was read; read it again`;
  return new CheckpointError('ERR_CKPT_CHANGED', message, { path, ...('error' in outcome && { cause: outcome.error }) });
}
