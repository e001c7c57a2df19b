import { CheckpointError, isCheckpointError } from '../base/errors.js';

/** What the caller's function of credentials gives. @throws `ERR_CKPT_CREDENTIALS` with what it failed with as the cause */
export async function askedCredentials(store: string, credentials: () => unknown): Promise<unknown> {
  try {
    return await credentials();
  } catch (cause) {
    if (isCheckpointError(cause)) throw cause;
    throw new CheckpointError('ERR_CKPT_CREDENTIALS', `the function of bucket.credentials failed for ${store}: see the cause`, { cause });
  }
}
