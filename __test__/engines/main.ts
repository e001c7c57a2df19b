// npm run test:engines: our files in the programs of other people, in the oldest and the newest release that is promised. `--help` says
// how.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Engine } from './catalogue.ts';
import { DOCUMENT, documentOf } from './document.ts';
import { writeEngineFiles } from './engine-files.ts';
import { ENGINES } from './engines.ts';
import { examine, type Examined } from './examine.ts';
import { CACHE, install } from './install.ts';
import { verdictOf } from './verdict.ts';

const HELP = `Usage: npm run test:engines [-- options] [engine ...]

Opens files with every feature of ours in the engines that are named, or in all of them, compares the values and counts rows under filters.
Each release is installed in a folder of its own below a cache (some gigabytes for all) and stays there. Python 3.11, npm and, for Spark, Java 17 must be there.

  --release WHICH   oldest, newest or both (default)
  --cache DIR       where releases are kept; default ${CACHE} (or $ARROW_CKPT_ENGINES)
  --write           write docs/ENGINES.md from this run; all engines must have run
  --verbose         print every difference, those that are known too
  --help            this text

Engines: ${ENGINES.map(({ name }) => name).join(', ')}`;

type Which = 'oldest' | 'newest';

async function main(): Promise<void> {
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      release: { type: 'string', default: 'both' },
      cache: { type: 'string', default: CACHE },
      write: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (flags.help) return console.log(HELP);
  const engines = positionals.length === 0 ? ENGINES : positionals.map(engineNamed);
  const releases: Which[] = flags.release === 'both' ? ['oldest', 'newest'] : [whichOf(flags.release)];
  const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-engines-'));
  try {
    const { examined, failed, left } = await examineAll(engines, releases, folder, flags.cache, flags.verbose);
    console.log(`\n${examined.length - failed} passed, ${failed} failed, ${left} not installed`);
    const whole = left === 0 && examined.length === ENGINES.length * 2;
    if (flags.write && !whole) throw new Error('--write needs a run of both releases of all engines');
    if (flags.write) writeFileSync(DOCUMENT, documentOf(examined));
    const stale = whole && readFileSync(DOCUMENT, 'utf8') !== documentOf(examined);
    if (stale) console.log('docs/ENGINES.md says something else: npm run test:engines -- --write');
    if (failed > 0 || left > 0 || stale) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function examineAll(engines: Engine[], releases: Which[], folder: string, cache: string, verbose: boolean) {
  const files = await writeEngineFiles(join(folder, 'files'));
  const examined: Examined[] = [];
  let [failed, left] = [0, 0];
  for (const engine of engines) {
    for (const which of releases) {
      const release = engine[which];
      const title = `${engine.title} ${release.version}`;
      try {
        const home = install(engine, release, cache);
        const result = await examine(engine, which, home, files, folder);
        examined.push(result);
        const { faults, known } = verdictOf(result);
        if (faults.length > 0) failed++;
        console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${title}: ${files.length} files, ${known} known differences`);
        for (const line of faults.slice(0, 40)) console.log(`       ${line}`);
        if (verbose)
          for (const { file, kind, column, detail } of result.differences) console.log(`     . ${file} ${kind} ${column}: ${detail}`);
      } catch (error) {
        left++;
        console.log(`----  ${title} could not be installed or started: ${(error as Error).message.slice(-600)}`);
      }
    }
  }
  return { examined, failed, left };
}

function engineNamed(name: string): Engine {
  const engine = ENGINES.find((one) => one.name === name);
  if (engine === undefined) throw new Error(`no engine ${name}; there are ${ENGINES.map((one) => one.name).join(', ')}`);
  return engine;
}

function whichOf(text: string): Which {
  if (text !== 'oldest' && text !== 'newest') throw new Error('--release is oldest, newest or both');
  return text;
}

await main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
