import { temporaryFolder, temporaryPath } from '../base/commit/temporary-folder.js';

const NAME = 'arrow-ckpt-bucket';

/** A folder of this process for what is on its way to a bucket or from it. To be removed. */
export function remoteFolder(): Promise<string> {
  return temporaryFolder(NAME);
}

/** The path of such a folder that `makeTemporary` makes when it is needed. */
export function remoteFolderPath(): string {
  return temporaryPath(NAME);
}
