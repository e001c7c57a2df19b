import type { Command } from 'commander';
import type { CommonOptions, Run } from './context.js';

/** Adds a command with what all have: `--json`, `--quiet`, examples (`calls`), and a lazy load of what it does. */
export type AddCommand = <O extends CommonOptions>(
  usage: string,
  description: string,
  calls: string[],
  load: () => Promise<{ run: Run<O> }>,
  json?: string,
) => Command;

/** Calls of a command, for its help. */
export function examples(calls: readonly string[]): string {
  return `\nExamples:\n${calls.map((call) => `  $ ${call}`).join('\n')}`;
}
