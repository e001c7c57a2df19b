/** A reading as code: what a table shows, for a program. */
export interface Reading {
  path: string;
  where: readonly string[];
}

/** Languages, each with the code of a reading. */
export const CODE: readonly (readonly [language: string, code: (reading: Reading) => string])[] = [
  ['JavaScript', javascript],
  ['Command line', commandLine],
  ['Python', python],
];

/** A word that a shell takes as it is. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function javascript({ path, where }: Reading): string {
  const filters = where.map(filterOf);
  const options =
    filters.length === 0 ? '' : `, {\n  where: ${filters.length === 1 ? filters[0] : `{ $and: [${filters.join(', ')}] }`},\n}`;
  return `import { readCheckpoint } from 'arrow-ckpt';\n\nconst rows = await readCheckpoint(${JSON.stringify(path)}${options});\n`;
}

function commandLine({ path, where }: Reading): string {
  return `arrow-ckpt cat ${[shellWord(path), ...where.map((filter) => `--where ${shellWord(filter)}`)].join(' ')}\n`;
}

function python({ path, where }: Reading): string {
  const note = where.length === 0 ? '' : `# the filter of the table: ${where.map((filter) => JSON.stringify(filter)).join(', ')}\n`;
  return `import arrow_ckpt\n\n${note}for row in arrow_ckpt.rows(${JSON.stringify(path)}):\n    print(row)\n`;
}

const SHORT = /^(.+?)(!=|>=|<=|=|>|<)(.*)$/s;
const OPERATORS: Readonly<Record<string, string>> = { '=': '$eq', '!=': '$ne', '>': '$gt', '>=': '$gte', '<': '$lt', '<=': '$lte' };

/** A filter of the table as an object of JavaScript, as `--where` understands it. */
function filterOf(filter: string): string {
  if (filter.trimStart().startsWith('{')) return filter;
  const [, key = '', operator = '', value = ''] = SHORT.exec(filter) ?? [];
  const condition = `{ ${OPERATORS[operator]}: ${literal(value.trim())} }`;
  return key.trim().startsWith('$')
    ? `{ $field: ${JSON.stringify(key.trim())}, ${condition.slice(2)}`
    : `{ ${JSON.stringify(key.trim())}: ${condition} }`;
}

function literal(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const isLong = /^-?\d+$/.test(text) && !Number.isSafeInteger(value);
    return isLong ? `${text}n` : text;
  } catch {
    return JSON.stringify(text);
  }
}
