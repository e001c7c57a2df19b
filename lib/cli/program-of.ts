import { Command, Option } from 'commander';
import { CheckpointError } from '../base/errors.js';
import { VERSION } from '../base/version.js';
import { isBucketUrl, withoutQuery } from '../options/bucket-url.js';
import { examples, type AddCommand } from './add-command.js';
import type { Context } from './context.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { bytes, columns, compat, compression, count, duration, gather, gatherPairs, selection } from './shared-options.js';
import { forgetCommand } from './forget-command.js';
import { sharingCommands } from './sharing-commands.js';
import { sqlCommand } from './sql-command.js';
import { viewCommand } from './view-command.js';
import { workCommand } from './work-command.js';

const EXIT_CODES = `Exit codes:
  ${EXIT.fine}    all is well
  ${EXIT.findings}    findings: rows differ, a file is damaged or cannot be kept, a migration failed; the rest is done
  ${EXIT.usage}    the call is wrong: an unknown command, option or column, a bad filter
  ${EXIT.io}    the system says no: no such file or folder, no permission, no space
  ${EXIT.bug}   a bug in arrow-ckpt
  ${EXIT.interrupted}  ended by Ctrl+C (${EXIT.terminated} by SIGTERM)

Results go to stdout, errors, notes and progress bars to stderr. NO_COLOR turns colours off, FORCE_COLOR=1 on.
Values beyond JSON are printed as escape objects, {"$ckpt":"date","v":0}: see FORMAT.md, section 4.`;

/** The commands that rewrite files in place, beside those that they share values with: they say so for a URL. */
const ONLY_LOCAL: ReadonlySet<string> = new Set(['compact', 'dedupe', 'materialize', 'migrate']);
const ROWS_ARE_JSON = 'no effect: rows are JSON as they are';

/** The commands with their arguments, options and help. What they do is loaded when one is called, so that help comes at once. */
export function programOf(base: Pick<Context, 'output' | 'signal'>, ended: (code: ExitCode) => void): Command {
  const program = new Command('arrow-ckpt')
    .description('Checkpoints of pipelines: look into them, check them, convert and migrate them.')
    .version(VERSION, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText(
      'after',
      examples(['arrow-ckpt analyze checkpoints', 'arrow-ckpt head checkpoints/process/extract.parquet', 'arrow-ckpt help convert']),
    )
    .addHelpText('after', `\n${EXIT_CODES}`);

  const command: AddCommand = (usage, description, calls, load, json = 'print one JSON document, for programs') =>
    program
      .command(usage)
      .description(description)
      .option('--json', json)
      .option('-q, --quiet', 'no progress bar, no notes')
      .addHelpText('after', examples(calls))
      .action(async (...all: unknown[]) => {
        const [options, args] = [all.at(-2) as Parameters<Awaited<ReturnType<typeof load>>['run']>[2], all.slice(0, -2).flat() as string[]];
        const name = usage.split(' ')[0] as string;
        const url = ONLY_LOCAL.has(name) ? args.find(isBucketUrl) : undefined;
        if (url !== undefined) throw onlyLocal(name, withoutQuery(url));
        const { run } = await load();
        const { json = false, quiet = false } = options;
        base.output.quiet = quiet;
        ended(await run({ ...base, json, quiet }, args, options));
      });

  command(
    'analyze <dir>',
    'Sizes of the checkpoints of a directory as JSON and as Parquet, and what Parquet saves.',
    [
      'arrow-ckpt analyze checkpoints',
      'arrow-ckpt analyze checkpoints --estimate   # also what a migration would save',
      'arrow-ckpt analyze checkpoints --shared     # what dedupe would save',
    ],
    () => import('./commands/analyze.js'),
  )
    .option('--estimate', 'write what is JSON only as Parquet to a temporary file, and measure it')
    .addOption(
      new Option('--shared', 'instead: write the Parquet checkpoints to temporary files that share values, and measure them').conflicts(
        'estimate',
      ),
    );

  command(
    'migrate <dir>',
    'Make Parquet of the JSON checkpoints and batches of a directory. Each is compared with its JSON row by row before it counts.',
    [
      'arrow-ckpt migrate checkpoints --dry-run         # what it would save, file by file',
      'arrow-ckpt migrate checkpoints --delete-source   # JSON files go once their Parquet is compared',
    ],
    () => import('./commands/migrate.js'),
  )
    .option('--dry-run', 'change nothing; measure what each file would save')
    .option('--delete-source', 'remove each JSON file once its Parquet file is compared and durable')
    .option('--verify', 'read each Parquet file once more under its name, with its checksums')
    .addOption(compression());

  command(
    'list <dir>',
    'The checkpoints and batches of a directory.',
    ['arrow-ckpt list checkpoints', "arrow-ckpt list checkpoints --json | jq '.checkpoints[].path'"],
    () => import('./commands/list.js'),
  );

  command(
    'inspect <file>',
    'What a checkpoint is: schema, sizes per column, metadata, some rows.',
    ['arrow-ckpt inspect checkpoints/process/extract.parquet', 'arrow-ckpt inspect extract.json --rows 0 --json'],
    () => import('./commands/inspect.js'),
  )
    .option('-n, --rows <count>', 'sample rows to print', count, 3)
    .addOption(compat('--compat <program>', 'rows as they were saved by this program'));

  command(
    'head <file>',
    'The first rows, as JSON Lines.',
    ['arrow-ckpt head checkpoints/process/extract.parquet', 'arrow-ckpt head extract.parquet -n 3 --columns id,title'],
    () => import('./commands/head.js'),
    ROWS_ARE_JSON,
  )
    .option('-n, --rows <count>', 'how many', count, 10)
    .addOption(columns())
    .addOption(compat('--compat <program>', 'rows as they were saved by this program'));

  selection(
    command(
      'cat <file>',
      'The rows, as JSON Lines.',
      [
        'arrow-ckpt cat extract.parquet --columns id,score --where "score>=0.5" --limit 100',
        `arrow-ckpt cat extract.parquet --where '{"tags":{"$in":["a","b"]}}' | jq .title`,
      ],
      () => import('./commands/cat.js'),
      ROWS_ARE_JSON,
    ),
  ).addOption(compat('--compat <program>', 'rows as they were saved by this program'));

  selection(
    command(
      'convert <in> <out>',
      'Rows of one file into another. The extension of <out> says what it becomes: .parquet, .json, .jsonl, .csv.',
      [
        'arrow-ckpt convert extract.json extract.parquet --compression zstd',
        'arrow-ckpt convert extract.parquet extract.csv --columns id,title,score',
        'arrow-ckpt convert table.csv table.parquet --infer',
      ],
      () => import('./commands/convert.js'),
    ),
  )
    .addOption(compression())
    .option('--level <level>', 'of the codec: gzip 0-9, brotli 0-11, zstd 1-22', count)
    .option('--row-group-rows <count>', 'most rows in a row group of Parquet', count)
    .addOption(compat('--compat <program>', 'write <out> so that this program reads it'))
    .addOption(compat('--read-compat <program>', '<in> was written by this program'))
    .option('--bare', 'leave the hash and the metadata of <in> out')
    .option('--infer', 'CSV in: cells without quotes become numbers, booleans and null; else all are strings')
    .option('--null <text>', 'CSV: what null is (default: an empty cell)');

  command(
    'verify <path>',
    'Read every row of a file, or of all checkpoints below a directory, and compare the checksums.',
    ['arrow-ckpt verify checkpoints', 'arrow-ckpt verify checkpoints/process/extract.parquet --json'],
    () => import('./commands/verify.js'),
  );

  command(
    'sweep <dir>',
    'Remove what is not needed any more: stale checkpoints, batches whose results are in a checkpoint, what killed processes left.',
    [
      'arrow-ckpt sweep checkpoints --dry-run                        # what is of no use to anybody',
      'arrow-ckpt sweep checkpoints --older-than 30d --dry-run       # and what was not used for a month',
      'arrow-ckpt sweep checkpoints --max-bytes 10GB --keep process/extract',
    ],
    () => import('./commands/sweep.js'),
  )
    .option('--dry-run', 'change nothing; tell what would be removed')
    .option(
      '--keep <step/operation>',
      'this checkpoint stays, all others are stale; may be repeated; ["a/b","c"] where a name has a slash',
      gatherPairs,
    )
    .option('--keep-hash <hash>', 'what was made with this hash stays, all else is stale; may be repeated', gather)
    .option('--older-than <time>', 'what was last written and last used longer ago is stale: 90s, 45m, 12h, 30d', duration)
    .option('--max-bytes <size>', 'what was not used for longest goes until the rest fits: 500MB, 10GB', bytes)
    .addHelpText(
      'after',
      '\nWithout --keep, --keep-hash, --older-than and --max-bytes no checkpoint is removed. If you give several of --keep, --keep-hash and --older-than, a checkpoint is removed only if every one of them calls it stale. What a running process works on stays.',
    );

  command(
    'diff <a> <b>',
    'What differs between the rows of two files, exactly. By position, or matched by --key.',
    ['arrow-ckpt diff old/extract.parquet new/extract.parquet', 'arrow-ckpt diff a.json b.parquet --key id --limit 5'],
    () => import('./commands/diff.js'),
  )
    .option('--key <columns>', 'match rows by these columns: a,b. The rows of <a> are held in memory', gather)
    .option('--limit <count>', 'how many differing rows to print', count, 20)
    .option('--strict-order', 'the order of keys in rows and objects counts, too')
    .addOption(compat('--compat <program>', 'rows as they were saved by this program'));

  command(
    'copy <from> <to>',
    'Copy a file or a directory to a bucket and back, or from one to another. What is there already is left out.',
    [
      'arrow-ckpt copy checkpoints s3://bucket/checkpoints/',
      'arrow-ckpt copy s3://bucket/checkpoints/ checkpoints',
      'arrow-ckpt copy extract.parquet az://container/extract.parquet',
    ],
    () => import('./commands/copy.js'),
  ).addHelpText(
    'after',
    '\nA URL that ends with a slash stands for all objects below it. docs/buckets.md says where credentials come from.',
  );

  forgetCommand(command);
  sharingCommands(command);
  sqlCommand(command);
  workCommand(command);
  viewCommand(command);
  return program;
}

function onlyLocal(command: string, url: string): CheckpointError {
  const message = `${command} works on local directories, and ${url} is in a bucket. Copy it (arrow-ckpt copy), work on the copy, and copy that back`;
  return new CheckpointError('ERR_CKPT_NOT_FOR_BUCKETS', message, { path: url });
}
