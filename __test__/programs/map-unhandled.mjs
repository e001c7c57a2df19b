// A map whose only row fails: map-unhandled.mjs <folder> <who learns of it: nobody, or a reader of results>. The reader tells the code.
import { join } from 'node:path';
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder, who] = process.argv;
const fails = async () => {
  throw new Error('no');
};
const run = new CheckpointManager(join(folder, 'unhandled'), { logger: false }).map('s', 'op', [{ id: 1 }], fails, { key: 'id' });
if (who === 'reader') {
  try {
    for await (const _ of run.unordered());
  } catch ({ code }) {
    process.stdout.write(JSON.stringify(code));
  }
}
