import { CheckpointError } from '../../base/errors.js';
import type { SqlDatabase, SqlTable } from '../../sql/sql-types.js';
import type { Output } from '../output/output.js';
import { printTable } from '../output/print-table.js';
import { countText } from '../output/quantities.js';
import { DOT_COMMANDS } from './completions.js';

const HELP = `A question is one select, over one line or several, and ends with a semicolon.
  .tables [text]    the tables, or those with this text in their names
  .schema [table]   the columns of a table, or of all
  .help             this
  .quit             end, as Ctrl+D does
Tab completes names, the arrows go through earlier questions, Ctrl+C ends the question that runs.`;

/** Runs a command of the prompt. False: it was `.quit`. @throws `ERR_CKPT_INVALID_ARGUMENT` for any other */
export async function runCommand(output: Output, db: SqlDatabase, line: string): Promise<boolean> {
  const [, command = '', argument = ''] = /^(\S+)\s*(.*?)\s*;?$/s.exec(line) ?? [];
  switch (command) {
    case '.quit':
    case '.exit':
      return false;
    case '.help':
      await output.line(HELP);
      return true;
    case '.tables':
      await db.refresh();
      await printTables(output, matching(db.tables(), argument));
      return true;
    case '.schema':
      await printColumns(output, matching(db.tables(), argument));
      return true;
    default: {
      const message = `there is no command ${command}; there are ${DOT_COMMANDS.join(', ')}`;
      throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', message);
    }
  }
}

/** The table of this name, or those that have it in theirs. */
function matching(tables: readonly SqlTable[], text: string): SqlTable[] {
  const exact = tables.filter(({ name, path }) => name === text || path.join('.') === text);
  const found = exact.length > 0 ? exact : tables.filter(({ path }) => path.join('.').toLowerCase().includes(text.toLowerCase()));
  if (found.length === 0 && text !== '') throw new CheckpointError('ERR_CKPT_SQL', `no table has '${text}' in its name; .tables lists all`);
  return found;
}

async function printTables(output: Output, tables: readonly SqlTable[]): Promise<void> {
  const { red } = output.colours;
  const columns = [
    { head: 'Table', cut: true },
    { head: 'Rows', align: 'right' as const },
    { head: 'Columns', align: 'right' as const },
    { head: 'Problem', cut: true, style: red },
  ];
  const shown = tables.some(({ problem }) => problem !== null) ? columns : columns.slice(0, 3);
  const rows = tables.map(({ name, rows: count, columns: known, problem }) =>
    [name, count === null ? '?' : countText(count), known === undefined ? '?' : String(known.length), problem?.code ?? ''].slice(
      0,
      shown.length,
    ),
  );
  await printTable(output, shown, rows);
}

async function printColumns(output: Output, tables: readonly SqlTable[]): Promise<void> {
  const rows = tables.flatMap(({ name, columns, problem }) =>
    columns === undefined
      ? [[name, '?', problem?.message ?? 'known after the first question']]
      : columns.map((column) => [
          name,
          column.name,
          column.holds === 'exceptions' ? `${column.type}, exceptions of ${column.key}` : column.type,
        ]),
  );
  await printTable(
    output,
    [
      { head: 'Table', cut: true },
      { head: 'Column', cut: true },
      { head: 'Type', cut: true },
    ],
    rows,
  );
}
