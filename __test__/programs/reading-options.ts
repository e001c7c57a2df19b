// Reads every file of a folder by every call with every option, and prints what came of it: see reading-options.test.ts.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { READING_CALLS } from '../support/reading-calls.ts';
import { READING_CASES, READING_FILES } from '../support/reading-options.ts';

const [folder = '', work = ''] = process.argv.slice(2);
const outcomes: Record<string, string> = {};
process.removeAllListeners('warning');

mkdirSync(join(work, 'step'), { recursive: true });
for (const [index, file] of READING_FILES.entries()) {
  // A name of its own: a manager takes one of another extension for the same checkpoint.
  const path = join(work, 'step', `${index}-${file}`);
  copyFileSync(join(folder, file), path);
  for (const call of READING_CALLS) {
    if (call.formats?.every((format) => !file.endsWith(format)) === true) continue;
    for (const { name, options } of READING_CASES) {
      const given = options();
      const keys = Object.keys(given);
      if (call.only !== undefined && keys.some((key) => !(call.only as readonly string[]).includes(key))) continue;
      // The command line has names as texts.
      if (call.only !== undefined && typeof given.columns === 'string') continue;
      outcomes[`${file} | ${name} | ${call.name}`] = await outcomeOf(() => call.run(path, given));
    }
  }
}
process.stdout.write(JSON.stringify(outcomes));

async function outcomeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    const result = await run();
    if (!Array.isArray(result)) return `${String(result)} rows`;
    return `${result.length} rows: ${inspect(result, { depth: null, maxArrayLength: null, breakLength: Number.POSITIVE_INFINITY })}`;
  } catch (error) {
    const { code } = error as { code?: unknown };
    return typeof code === 'string' ? code : `uncoded: ${String(error)}`;
  }
}
