import type { AddCommand } from './add-command.js';
import { count } from './shared-options.js';

/** The command that shows checkpoints in a browser. */
export function viewCommand(command: AddCommand): void {
  command(
    'view <places...>',
    'Look at checkpoints in a browser: a page on 127.0.0.1 of directories, files and URLs. It only reads. Ctrl+C ends it.',
    ['arrow-ckpt view checkpoints', 'arrow-ckpt view monday tuesday --port 8080   # two runs, side by side'],
    () => import('./commands/view.js'),
    'print one JSON document with the address first',
  ).option('--port <number>', 'of the page (default: any that is free)', count);
}
