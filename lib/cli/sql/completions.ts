import { quoted } from '../../formats/parquet/duckdb-source.js';
import type { SqlTable } from '../../sql/sql-types.js';

const WORDS = (
  'select from where group by order by limit having distinct as and or not in is null like between case when then else end join left join on using ' +
  'union all with count sum avg min max unnest describe summarize'
).split(' ');
/** The commands of the prompt. */
export const DOT_COMMANDS = ['.help', '.quit', '.schema', '.tables'];
/** The end of a line that is completed: a name, in parts and perhaps in quotes. */
const LAST = /[\w.$"]*$/;

/** What may follow the text of a line, and the end of it that it begins with: node:readline's completer. */
export function completionsOf(line: string, before: string, tables: readonly SqlTable[]): [string[], string] {
  const isCommand = before === '' && line.startsWith('.');
  if (isCommand && !line.includes(' ')) return [DOT_COMMANDS.filter((word) => word.startsWith(line)), line];
  const last = LAST.exec(line)?.[0] ?? '';
  const names = tables.map(({ name }) => name);
  const found = isCommand || last === '' ? names : [...names, ...columnsFor(`${before}\n${line}`, tables), ...new Set(WORDS)];
  const folded = last.toLowerCase();
  return [[...new Set(found.filter((word) => word.toLowerCase().startsWith(folded)))], last];
}

/** The columns of the tables that a text names; of all where it names none. */
function columnsFor(text: string, tables: readonly SqlTable[]): string[] {
  const folded = text.toLowerCase();
  const named = tables.filter(({ name }) => folded.includes(name.toLowerCase()));
  return (named.length > 0 ? named : tables).flatMap(({ columns = [] }) =>
    columns.map(({ name }) => (/^[a-z_][a-z0-9_]*$/i.test(name) ? name : quoted(name))),
  );
}
