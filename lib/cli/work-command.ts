import type { AddCommand } from './add-command.js';

/** The command that computes parts, one or more processes at a time. */
export function workCommand(command: AddCommand): void {
  command(
    'work <step> [parts...]',
    'Compute the results of parts, files of rows, by a module: its default export is a function for map, its export options has the options. Names of parts are arguments or lines of stdin. A part whose results are there is passed over.',
    [
      'arrow-ckpt work step.mjs --in articles.parquet --out answers.parquet --claim   # on each of ten machines',
      'arrow-ckpt work step.mjs --in articles.parquet --out answers.parquet part-0.parquet',
      "arrow-ckpt work step.mjs --out answers.parquet < names.txt   # what an engine's tasks call",
    ],
    () => import('./commands/work.js'),
    'no effect: stdout is a line of JSON for each part as it is',
  )
    .requiredOption('--out <dir>', 'the folder of the results, a file for each part')
    .option('--in <dir>', 'names are below this folder')
    .option('--claim', 'all parts of --in, shared with other processes that do the same');
}
