import { stat } from 'node:fs/promises';
import { nextOf } from '../base/commit/swap.js';
import { isCheckpointError } from '../base/errors.js';

/** How often a reading is begun again. */
const ATTEMPTS = 20;

/**
 * Begins a reading of a path again, where a file became a folder or a folder a file under its hands: between a look at what it is and the
 * reading, there may be nothing of the name, or something else.
 */
export async function whileSwapped<T>(path: string, read: () => Promise<T>): Promise<T> {
  let last: string | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (attempt === ATTEMPTS || !isCheckpointError(error)) throw error;
      if (error.code === 'ERR_CKPT_NOT_A_FILE') {
        // What is no file stays that, if it is the same as at the last failure.
        const now = await identityOf(path);
        if (now === last) throw error;
        last = now;
        continue;
      }
      if (error.code !== 'ERR_CKPT_NOT_FOUND' || !(await isAny(path))) throw error;
    }
  }
}

async function identityOf(path: string): Promise<string> {
  const { dev, ino, mtimeNs } = (await stat(path, { bigint: true }).catch(() => undefined)) ?? {};
  return [dev, ino, mtimeNs].join();
}

/** Whether anything has the name, or waits for it: the latter may get it between two looks. */
async function isAny(path: string): Promise<boolean> {
  for (const each of [path, nextOf(path), path]) if (await stat(each).catch(() => undefined)) return true;
  return false;
}
