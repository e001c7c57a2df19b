import { parseArgs } from 'node:util';

/** What the command line asks for of a bench of things with names. */
export interface NamedFlags {
  /** Undefined: all. */
  names: string[] | undefined;
  /** As it was given. */
  runs: string | undefined;
  /** Folder for the files that are saved and loaded. */
  dir: string | undefined;
  quick: boolean;
}

/** Reads `--<name> a,b`, `--runs`, `--dir` and `--quick`; prints help and ends the process when asked to. */
export function namedFlags(name: string, help: string): NamedFlags {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { [name]: text, runs: text, dir: text, quick: flag, help: flag } });
  if (values['help'] === true) {
    console.log(help);
    process.exit(0);
  }
  const given = (of: string): string | undefined => values[of] as string | undefined;
  return { names: given(name)?.split(','), runs: given('runs'), dir: given('dir'), quick: values['quick'] === true };
}
