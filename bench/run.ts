// npm run bench: arrow-ckpt against what Node has built in. See bench/README.md for what is measured and how.
import { checkGoals, goalsTable } from './goals.ts';
import { runOnNodes } from './nodes.ts';
import { parseOptions } from './options.ts';
import { writeResult } from './record.ts';
import { resultsTable } from './results-table.ts';
import { builtIn, runSuite } from './run-suite.ts';
import { suiteNamed } from './suites/index.ts';
import { verificationText } from './verification-text.ts';

runOnNodes();
const options = parseOptions('npm run bench');
const names = ['json', 'arrow-ckpt', 'jsonl', 'v8'].filter((name) => name === 'json' || (options.only?.includes(name) ?? true));
const entrants = names.map(builtIn);

for (const name of options.suites) {
  const suite = suiteNamed(name);
  const result = await runSuite(suite, entrants, options);
  const goals = checkGoals(name, result.series);
  const label = result.rows === suite.defaultRows ? name : `${name}-${result.rows}-rows`;
  const { dir: _dir, ...shared } = options;
  const file = writeResult(label, { options: shared, about: suite.about, ...result, goals });
  console.log(`\n${name}: ${result.rows} rows; ${suite.about}\nmedians of ${options.runs} runs, each in a process of its own\n`);
  console.log(`${resultsTable(result.series, 'save')}\n\n${resultsTable(result.series, 'load')}\n`);
  console.log(`${verificationText(result.verified)}\n\n${goalsTable(name, result.rows, goals)}\n\nrecorded in ${file}`);
}
