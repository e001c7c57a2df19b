// Loads and saves where the address space is bounded, and prints what became of it: small-memory.mjs <folder> size | load | save
// With `size` it prints how many KiB of address space such a process takes before it does anything.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCheckpointError, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const [, , folder, task] = process.argv;

async function outcome(work) {
  try {
    // The first ones load the binary, and start its threads.
    const warm = join(folder, `warm-${process.pid}.parquet`);
    await writeCheckpoint(warm, [{ id: 1, text: 'warm' }]);
    await readCheckpoint(warm);
    return { done: await work() };
  } catch (error) {
    return isCheckpointError(error) ? { code: error.code, message: error.message } : { other: String(error) };
  }
}

if (task === 'size')
  console.log(
    JSON.stringify((await outcome(() => ({ kib: Number(/^VmPeak:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) }))).done),
  );
else if (task === 'load')
  console.log(JSON.stringify(await outcome(async () => (await readCheckpoint(join(folder, 'large.parquet'))).length)));
else {
  function* rows() {
    for (let id = 0; id < 60; id++) yield { id, text: `${id}`.repeat(1 << 19) };
  }
  console.log(
    JSON.stringify(await outcome(async () => (await writeCheckpoint(join(folder, 'saved.parquet'), rows(), { compression: 'none' })).rows)),
  );
}
