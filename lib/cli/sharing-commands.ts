import type { AddCommand } from './add-command.js';
import { count, fraction } from './shared-options.js';

const DRY_RUN = 'change nothing; tell what would be done';

/** The commands for checkpoints that share values. */
export function sharingCommands(command: AddCommand): void {
  command(
    'dedupe <dir>',
    'Make the checkpoints of a directory share their values. Each is compared row by row before it counts.',
    ['arrow-ckpt dedupe checkpoints --dry-run   # what it would save, file by file', 'arrow-ckpt dedupe checkpoints'],
    () => import('./commands/dedupe.js'),
  ).option('--dry-run', DRY_RUN);

  command(
    'materialize <path> [step] [operation]',
    'Make a whole file of a checkpoint that shares values: of a file, or of an operation in a directory. It is compared row by row.',
    [
      'arrow-ckpt materialize checkpoints process extract',
      'arrow-ckpt materialize checkpoints/process/extract.parquet --to extract.parquet',
    ],
    () => import('./commands/materialize.js'),
  ).option('--to <file>', 'write it there, and leave the checkpoint as it is');

  command(
    'compact <dir>',
    'Write those checkpoints anew that keep files of which little is used. The next sweep frees these.',
    ['arrow-ckpt compact checkpoints --dry-run', 'arrow-ckpt compact checkpoints --max-garbage 0.3 && arrow-ckpt sweep checkpoints'],
    () => import('./commands/compact.js'),
  )
    .option('--max-garbage <part>', 'the part of such a file that may be of no use, 0 to 1 (default: 0.5)', fraction)
    .option('--max-holders <count>', 'the most files that a checkpoint may refer to (default: 8)', count)
    .option('--dry-run', DRY_RUN);
}
