// Loaded before a program: kills it, by SIGKILL, just before its call of node:fs/promises of the number ARROW_CKPT_TEST_KILL_AT, from 1 on,
// counted from the moment when it writes `started`.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const at = Number(process.env.ARROW_CKPT_TEST_KILL_AT ?? 0);
const write = process.stdout.write.bind(process.stdout);
let calls = Number.NEGATIVE_INFINITY;
process.stdout.write = (text, ...rest) => {
  if (text === 'started\n') calls = 0;
  return write(text, ...rest);
};
for (const name of ['link', 'mkdir', 'open', 'readdir', 'rename', 'rmdir', 'stat', 'unlink', 'utimes', 'writeFile']) {
  const original = fs.promises[name];
  fs.promises[name] = async (...args) => {
    if (++calls === at) process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
}
syncBuiltinESMExports();
