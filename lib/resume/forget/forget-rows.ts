import { dirname } from 'node:path';
import { removeFolder, removeKeptFolder } from '../../directory/clear.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import { fileWithout } from './file-without.js';
import type { CheckedForget } from './forget-options.js';
import { Forgotten } from './forgotten.js';
import { resultFiles } from './result-files.js';

/**
 * Removes the results of single rows from the files of an operation, one file after the other: wherever the process ends, all other results
 * are there, and those that are to go are perhaps not gone yet. Gives the number of rows of the input.
 * @throws `ERR_CKPT_LOCKED`, and what reading and writing throw
 */
export async function forgetRows(files: OperationFiles, asked: CheckedForget): Promise<number> {
  const lease = await files.lease({ lockWait: 0 });
  try {
    const found = await resultFiles(files, asked.hash);
    const forgotten = await Forgotten.of(asked, found, files.stem);
    for (const file of found) await fileWithout(file, forgotten, files);
    if (forgotten.rows === 0) return 0;
    await files.publish({ final: 'less', mustRemove: true });
    const kept = await files.kept();
    for (const folder of new Set(found.filter(({ isFinal }) => !isFinal).map(({ path }) => dirname(path))))
      await (folder === kept ? removeKeptFolder(folder) : removeFolder(folder));
    return forgotten.rows;
  } finally {
    await lease.release();
  }
}
