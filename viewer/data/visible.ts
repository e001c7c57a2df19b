import { printable } from '../../lib/cli/output/printable.js';

export { printable };

/** A text of several lines: its lines stay, and all else that drives instead of being shown is an escape. */
export function visible(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map((line) => line.split('\t').map(printable).join('\t'))
    .join('\n');
}
