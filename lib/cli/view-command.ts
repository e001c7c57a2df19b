import type { AddCommand } from './add-command.js';
import { count, gather } from './shared-options.js';

/** The commands that show checkpoints as pages. */
export function viewCommand(command: AddCommand): void {
  command(
    'view <places...>',
    'Look at checkpoints in a browser: a page on 127.0.0.1 of directories, files and URLs. It only reads. Ctrl+C ends it.',
    ['arrow-ckpt view checkpoints', 'arrow-ckpt view monday tuesday --port 8080   # two runs, side by side'],
    () => import('./commands/view.js'),
    'print one JSON document with the address first',
  ).option('--port <number>', 'of the page (default: any that is free)', count);

  command(
    'report <dir>',
    'One page of HTML, without scripts, for CI and mail: sizes, columns, rows, and what has changed since another directory.',
    ['arrow-ckpt report checkpoints -o report.html', 'arrow-ckpt report today --since yesterday --no-values'],
    () => import('./commands/report.js'),
  )
    .option('-o, --out <file>', 'the page', 'report.html')
    .option('--since <dir>', 'tell what has changed since this directory')
    .option('--key <columns>', 'match rows by these columns: a,b (default: id or another likely one, else by position)', gather)
    .option('-n, --rows <count>', 'rows of each checkpoint', count, 3)
    .option('--no-values', 'leave out rows, values and what metadata says: counts and sizes stay');
}
