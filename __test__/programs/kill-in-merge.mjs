// Loaded before a program that maps: kills it, by SIGKILL, where ARROW_CKPT_TEST_KILL says:
//   unlink:N      when it is about to remove the Nth file of a batch, as a merge and the end of a map do
//   claim:N:MS    so long after it has begun to write its Nth batch, that of a merge among them
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [what, count, ms = '0'] = (process.env.ARROW_CKPT_TEST_KILL ?? '').split(':');
const WATCHED = { unlink: ['unlink', /batch_\d+\.(?:parquet|json)$/], claim: ['writeFile', /\.batch_\d+\.claim$/] };

if (what in WATCHED) {
  const [name, paths] = WATCHED[what];
  const original = fs.promises[name];
  let seen = 0;
  fs.promises[name] = async (path, ...rest) => {
    if (paths.test(path) && ++seen === Number(count)) {
      if (what === 'unlink') process.kill(process.pid, 'SIGKILL');
      else setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(ms));
    }
    return original(path, ...rest);
  };
  syncBuiltinESMExports();
}
