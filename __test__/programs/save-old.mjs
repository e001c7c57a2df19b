// Saves the old checkpoint that disk-trouble.mjs then fails to replace: save-old.mjs <folder> <extension>
import { join } from 'node:path';
import { writeCheckpoint } from 'arrow-ckpt';

const [, , folder, extension] = process.argv;
await writeCheckpoint(join(folder, `a.${extension}`), [{ old: true }]);
