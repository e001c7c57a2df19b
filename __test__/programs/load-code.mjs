// Saves and loads a checkpoint in the folder that is given, whole and in part, and prints the code of the loads' errors.
import { join } from 'node:path';
import { isCheckpointError, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const path = join(process.argv[2], 'a.parquet');
const { format } = await writeCheckpoint(path, [{ a: 1 }, { a: 2 }]);
const codes = [];
for (const options of [{}, { limit: 1 }]) {
  const failure = await readCheckpoint(path, options).then(
    () => null,
    (error) => error,
  );
  codes.push(isCheckpointError(failure) ? failure.code : String(failure));
}
console.log(JSON.stringify({ format, codes }));
