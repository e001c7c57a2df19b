import { temporaryFolder } from '../base/commit/temporary-folder.js';

/** A folder of this process for what is on its way to a bucket or from it. To be removed. */
export function remoteFolder(): Promise<string> {
  return temporaryFolder('arrow-ckpt-bucket');
}
