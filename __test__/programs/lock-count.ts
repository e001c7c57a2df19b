// Adds 1 to the number in a file, under a lock, so many times: lock-count.ts <file> <times> <index>. Prints its count so far after each;
// the first two kill themselves while they hold it.
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { withLock } from '../../lib/base/lock/file-lock.js';

const [path, times, index] = process.argv.slice(2) as [string, string, string];

for (let count = 1; count <= Number(times); count++) {
  await withLock(`${path}.lock`, {}, async () => {
    const before = Number(readFileSync(path, 'utf8'));
    await new Promise((resolve) => setImmediate(resolve));
    if (Number(index) < 2 && count === 20) process.kill(process.pid, 'SIGKILL');
    writeFileSync(path, String(before + 1));
    // The count of a process that is killed is the last that it printed.
    writeSync(1, `${count}\n`);
  });
}
