import type { AddCommand } from './add-command.js';
import { gather, WHERE } from './shared-options.js';

/** The command that removes results of single rows. */
export function forgetCommand(command: AddCommand): void {
  command(
    'forget <dir> <step> <operation>',
    'Remove the results of single rows of a map, so that its next run computes these and no others.',
    [
      'arrow-ckpt forget checkpoints process extract --key 7 --key \'["a",1]\'   # by the keys of the rows',
      'arrow-ckpt forget checkpoints process extract --where summary=   # rows with a result like this',
    ],
    () => import('./commands/forget.js'),
  )
    .option('--key <key>', 'the key of a row: JSON if it can be, else text; 7n for a bigint; may be repeated', gather)
    .option('--where <filter>', 'rows with a result that it holds for; may be repeated', gather)
    .option('--hash <hash>', 'only results that were made with this hash')
    .addHelpText('after', `\n${WHERE}`);
}
