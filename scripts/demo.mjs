// npm run demo: a pipeline of three steps is killed in the middle, resumes from its checkpoints, and must end as if nothing happened.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeSource } from './demo/documents.mjs';
import { timingsTable } from './demo/table.mjs';
import { ensureBuilt, nativeBinaries, ROOT } from './setup.mjs';

const HELP = `Usage: npm run demo [-- options]

Runs the pipeline extract -> summarise -> cluster in a process that is killed half-way through summarise, starts it again, and
checks that the result equals that of a run without interruption. Then shows what the checkpoints cost beside JSON.
Installs and builds what is missing first. Needs no network after that, and removes all files that it makes.

  --rows <n>     rows of the pipeline (default 100000)
  --data <dir>   folder with real rows (default ../shared/data beside the project; without it rows are generated)
  --no-native    do not build the native addon; without a binary the JSON store is used
  --no-build     build nothing
  --help         this text

Exit code: 0 if the resumed result is equal, 1 otherwise.`;

const DIE_IN = 'summarise';
const STEPS = ['extract', 'summarise', 'cluster'];

function options() {
  try {
    const { values } = parseArgs({
      options: {
        rows: { type: 'string', default: '100000' },
        data: { type: 'string', default: join(ROOT, '..', 'shared', 'data') },
        'no-native': { type: 'boolean', default: false },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const rows = Number(values.rows.replaceAll('_', ''));
    if (!Number.isInteger(rows) || rows < 2) throw new Error(`--rows must be a whole number from 2, got '${values.rows}'`);
    return { ...values, rows };
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exit(1);
  }
}

function printIndented(text) {
  process.stdout.write(String(text).replaceAll(/^(?=.)/gmu, '  '));
}

/** Runs a script of scripts/demo; calls `onMessage` with what it sends and the process. Its output is indented. */
function run(script, args, onMessage) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL(`./demo/${script}`, import.meta.url)), args, { execArgv: ['--expose-gc'], silent: true });
    child.stdout.on('data', printIndented);
    child.stderr.on('data', printIndented);
    child.on('message', (message) => onMessage(message, child));
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
}

/** A whole run of the pipeline: what it sent after each step. Throws if it failed. */
async function runPipeline(folder, { rows, data }) {
  const steps = [];
  const { code, signal } = await run('pipeline.mjs', [folder, String(rows), data], (message) => {
    steps.push(message);
    console.log(`  ${message.step}: ${message.rows} rows ${message.loaded ? 'from the checkpoint' : 'computed and saved'}`);
  });
  if (code !== 0) throw new Error(`the pipeline ended with ${signal ?? code}`);
  return steps;
}

/** Checks the resumed run against the uninterrupted one; the list of what is wrong. */
function problems(whole, resumed) {
  const wrong = [];
  for (const [i, name] of STEPS.entries()) {
    if (whole[i]?.step !== name || resumed[i]?.step !== name) wrong.push(`${name} did not run`);
    else if (whole[i].digest !== resumed[i].digest) wrong.push(`the rows of ${name} differ`);
  }
  if (!resumed[0]?.loaded) wrong.push('extract was computed again instead of loaded');
  if (resumed[1]?.loaded) wrong.push(`${DIE_IN} was loaded although it never ended`);
  return wrong;
}

async function main(settings, folder) {
  if (!settings['no-build']) ensureBuilt({ native: !settings['no-native'] && !process.env.ARROW_CKPT_FORCE_JSON });
  const { CheckpointManager } = await import('arrow-ckpt');
  const arrow = new CheckpointManager(join(folder, 'probe'), { logger: false }).enableArrow;
  const why = process.env.ARROW_CKPT_FORCE_JSON
    ? 'ARROW_CKPT_FORCE_JSON is set'
    : nativeBinaries().length > 0
      ? 'the native binary does not load'
      : 'there is no native binary';
  console.log(arrow ? 'store: Parquet (native)' : `store: JSON, because ${why}; the same guarantees, without the speed`);
  console.log(`input: ${settings.rows} rows of ${describeSource(settings.data)}\n`);

  console.log('1. the pipeline without interruption');
  const whole = await runPipeline(join(folder, 'whole'), settings);

  console.log(`\n2. the same in another folder, killed half-way through ${DIE_IN}`);
  const broken = join(folder, 'broken');
  const { signal } = await run('pipeline.mjs', [broken, String(settings.rows), settings.data, DIE_IN], (message, child) => {
    if (message.halfway === undefined) return console.log(`  ${message.step}: ${message.rows} rows computed and saved`);
    console.log(`  ${message.halfway}: ${message.rows} of ${settings.rows} rows ... SIGKILL`);
    child.kill('SIGKILL');
  });
  if (signal !== 'SIGKILL') throw new Error('the pipeline ended before it could be killed');

  console.log('\n3. started again');
  const wrong = problems(whole, await runPipeline(broken, settings));
  console.log(wrong.length === 0 ? '\n✓ the resumed result equals the uninterrupted one\n' : `\n✗ ${wrong.join('; ')}\n`);

  const measured = [];
  const timings = await run('timings.mjs', [join(folder, 'whole'), ...STEPS], (message) => measured.push(message));
  if (timings.code === 0)
    console.log(
      `${timingsTable(measured, arrow ? 'arrow-ckpt' : 'arrow-ckpt (JSON store)')}\nmedians of 3; saves include fsync. The input repeats itself, so the files are smaller than yours will be: npm run bench`,
    );
  return wrong.length === 0 && timings.code === 0;
}

const settings = options();
if (settings.help) {
  console.log(HELP);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-demo-'));
const cleanUp = () => rmSync(folder, { recursive: true, force: true });
process.once('SIGINT', () => {
  cleanUp();
  process.exit(130);
});
try {
  process.exitCode = (await main(settings, folder)) ? 0 : 1;
} catch (error) {
  console.error(`✗ ${error.message}`);
  process.exitCode = 1;
} finally {
  cleanUp();
}
