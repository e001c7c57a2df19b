// npm run check:snapshot: bytes of a row of each suite's file, and the core's instructions for a row, against bench/snapshot.json. Neither
// depends on how busy the machine is.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCheckpoint } from 'arrow-ckpt';
import { cannotCount, countInstructions } from './count-instructions.ts';
import { differences, type Figures } from './snapshot-differences.ts';
import { SUITES } from './suites/index.ts';
import { formatTable } from './table.ts';

const HELP = `Usage: npm run check:snapshot [-- options]

Compares with bench/snapshot.json; ends with 1 if a figure is more than 2% away from it, better or worse.

  --bytes     bytes only: no build of the core, no valgrind
  --update    store what is measured
  --help      this text`;

const FILE = new URL('./snapshot.json', import.meta.url);
/** Values in the rows of each suite: enough for several pages, and little to wait for. */
const VALUES = 300_000;
const INSTRUCTION_ROWS = 10_000;

async function bytesPerRow(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-snapshot-'));
  const figures: Figures = {};
  try {
    for (const suite of SUITES) {
      const count = Math.min(10_000, Math.ceil(VALUES / valuesIn(suite.rows(1)[0])));
      const { bytes, format } = await writeCheckpoint(join(folder, `${suite.name}.parquet`), suite.rows(count));
      if (format !== 'parquet') throw new Error('no native binary: npm run build:native');
      figures[`bytes a row, ${suite.name}`] = Number((bytes / count).toFixed(3));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

/** The numbers, texts and so on in a value. */
function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((total: number, inner) => total + valuesIn(inner), 0);
}

function instructionsPerRow(): Figures {
  const [counted] = countInstructions([INSTRUCTION_ROWS]);
  return {
    'instructions a row, encode': Math.round(counted!.encodePerRow),
    'instructions a row, decode': Math.round(counted!.decodePerRow),
  };
}

const { values: flags } = parseArgs({ options: { bytes: { type: 'boolean' }, update: { type: 'boolean' }, help: { type: 'boolean' } } });

async function main(): Promise<void> {
  const left = flags.bytes === true ? 'left out by --bytes' : cannotCount();
  const figures = { ...(await bytesPerRow()), ...(left === false ? instructionsPerRow() : {}) };
  if (left !== false) console.log(`instructions are not counted: ${left}`);
  const stored = JSON.parse(readFileSync(FILE, 'utf8')) as Figures;
  if (flags.update === true) {
    writeFileSync(FILE, `${JSON.stringify({ ...stored, ...figures }, null, 2)}\n`);
    return;
  }
  const lines = Object.entries(figures).map(([name, value]) => [name, String(stored[name] ?? 'not stored'), String(value)]);
  console.log(formatTable(['figure', 'stored', 'now'], lines));
  const found = differences(stored, figures);
  for (const line of found) console.log(line);
  if (found.length > 0) process.exitCode = 1;
}

if (flags.help === true) console.log(HELP);
else await main();
