// npm run bench:rivals: arrow-ckpt against the other ways to keep rows as Parquet. See bench/README.md.
import { installRivals } from './install-rivals.ts';
import { runOnNodes } from './nodes.ts';
import { parseOptions } from './options.ts';
import { pyarrow } from './pyarrow.ts';
import { writeResult } from './record.ts';
import { resultsTable } from './results-table.ts';
import { builtIn, type Entrant, runSuite } from './run-suite.ts';
import { suiteNamed } from './suites/index.ts';
import { verificationText } from './verification-text.ts';

/** Few enough that the slowest rivals let the run end. */
const ROWS = 200_000;
const RIVALS = ['hyparquet', 'duckdb', 'polars', 'parquet-wasm', 'parquetjs'];
const FOLDER = new URL('./rivals/', import.meta.url);

runOnNodes();
const options = parseOptions('npm run bench:rivals', { suites: ['flat'], rows: ROWS });
if (options.suites.some((name) => name === 'nested')) {
  console.error('the rivals are run with flat rows only (flat, unicode): their schemas are written by hand');
  process.exit(1);
}
installRivals(FOLDER);
const wanted = (name: string): boolean => name === 'json' || (options.only?.includes(name) ?? true);
const entrants: Entrant[] = [
  ...['json', 'arrow-ckpt'].filter(wanted).map(builtIn),
  ...RIVALS.filter(wanted).map((name) => ({ name, extension: '.parquet', module: new URL(`${name}.mjs`, FOLDER).href })),
];
const python = wanted('pyarrow') ? await pyarrow() : undefined;
if (python !== undefined) entrants.push(python);

for (const name of options.suites) {
  const suite = suiteNamed(name);
  const result = await runSuite(suite, entrants, options);
  const { dir: _dir, ...shared } = options;
  const label = result.rows === ROWS ? `rivals-${name}` : `rivals-${name}-${result.rows}-rows`;
  const file = writeResult(label, { options: shared, about: suite.about, ...result });
  const notes = { pyarrow: '(in Python)' };
  console.log(`\n${name}: ${result.rows} rows; ${suite.about}\nmedians of ${options.runs} runs, each in a process of its own\n`);
  console.log(`${resultsTable(result.series, 'save', notes)}\n\n${resultsTable(result.series, 'load', notes)}\n`);
  console.log(verificationText(result.verified));
  if (python === undefined && wanted('pyarrow'))
    console.log('  pyarrow: not run; python3 cannot import it (pip install pyarrow, or set PYTHON)');
  console.log(`\nrecorded in ${file}`);
}
