import { isCheckpointError } from '../../base/errors.js';

/** How often a load starts over because another replaced the object meanwhile. */
export const RELOADS = 5;

/** Whether an object was replaced while it was read. */
export function isChanged(error: unknown): boolean {
  return isCheckpointError(error) && error.code === 'ERR_CKPT_CHANGED';
}

/** Does it anew where an object was replaced while it was read. */
export async function whileChanged<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === RELOADS || !isChanged(error)) throw error;
    }
  }
}
