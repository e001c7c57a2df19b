import { parseArgs } from 'node:util';
import { DEFAULT_SUITES, SUITES, suiteNamed } from './suites/index.ts';

/** What the command line asks for. */
export interface BenchOptions {
  suites: string[];
  /** Rows of every suite; undefined: each suite's own default. */
  rows: number | undefined;
  runs: number;
  quick: boolean;
  warmups: number;
  /** Contestants to leave in; undefined: all. */
  only: string[] | undefined;
  /** Folder for the files that are saved and loaded. */
  dir: string | undefined;
}

const HELP = (command: string, rows: string): string => `Usage: ${command} [-- options]

  --suite <names>   ${SUITES.map((s) => s.name).join(', ')} or all, separated by commas
  --rows <n>        rows of each suite (default ${rows})
  --runs <n>        measurements of each operation; medians are shown (default 5)
  --warmup <n>      untimed repetitions before each measurement, in its process (default 0: the first save of a process counts)
  --only <names>    these contestants only, besides json
  --dir <folder>    where the files go (default: the system's folder for temporary files); choose the disk to measure
  --node <list>     on these Nodes, one after another: major versions, which npm installs on first use, or paths
  --quick           few rows, 3 runs
  --help            this text`;

/** Reads the command line; prints help and ends the process when asked to or when it makes no sense. */
export function parseOptions(command: string, defaults: { suites?: readonly string[]; rows?: number } = {}): BenchOptions {
  const help = HELP(command, defaults.rows === undefined ? SUITES.map((s) => `${s.name} ${s.defaultRows}`).join(', ') : `${defaults.rows}`);
  try {
    const { values } = parseArgs({
      options: {
        suite: { type: 'string' },
        rows: { type: 'string' },
        runs: { type: 'string' },
        warmup: { type: 'string', default: '0' },
        only: { type: 'string' },
        dir: { type: 'string' },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(help);
      process.exit(0);
    }
    const suites =
      values.suite === 'all' ? SUITES.map((s) => s.name) : (values.suite?.split(',') ?? [...(defaults.suites ?? DEFAULT_SUITES)]);
    suites.forEach(suiteNamed);
    return {
      suites,
      rows: values.rows === undefined ? (values.quick ? undefined : defaults.rows) : positive('rows', values.rows),
      runs: values.runs === undefined ? (values.quick ? 3 : 5) : positive('runs', values.runs),
      quick: values.quick,
      warmups: Number(values.warmup),
      only: values.only?.split(','),
      dir: values.dir,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    process.exit(1);
  }
}

function positive(name: string, text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1, got '${text}'`);
  return value;
}
