import { writeFileSync } from 'node:fs';
import { isCheckpointError, readCheckpoint } from 'arrow-ckpt';
import { encodeValue } from '../../lib/base/value/extended-json.ts';

/** Writes what Node loads beside a checkpoint, for check_folders.py: the texts of its rows, or the code of the error. */
export async function expectInPython(path: string): Promise<void> {
  try {
    const rows = await readCheckpoint(path);
    writeFileSync(`${path}.expected`, rows.map((row, index) => `${encodeValue(row, { row: index, path: '' })}\n`).join(''));
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    writeFileSync(`${path}.expected`, error.code);
  }
}
