// Saves and loads one checkpoint in the folder that is given, and prints the code of the load's error.
import { join } from 'node:path';
import { isCheckpointError, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const path = join(process.argv[2], 'a.parquet');
const { format } = await writeCheckpoint(path, [{ a: 1 }, { a: 2 }]);
try {
  await readCheckpoint(path);
  console.log(JSON.stringify({ format, code: null }));
} catch (error) {
  console.log(JSON.stringify({ format, code: error.code, isCheckpointError: isCheckpointError(error) }));
}
