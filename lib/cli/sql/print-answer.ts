import { stringify } from 'csv-stringify/sync';
import { writeCheckpoint } from '../../api/checkpoint-files.js';
import type { Row } from '../../base/rows.js';
import type { SqlAnswer, SqlResultColumn } from '../../sql/sql-types.js';
import type { Output } from '../output/output.js';
import { printTable } from '../output/print-table.js';
import { countText, plural, sizeText } from '../output/quantities.js';
import type { TableColumn } from '../output/table-text.js';
import { printable } from '../output/printable.js';
import { cellCasts } from '../rows/csv-cells.js';
import { RowText } from '../rows/row-text.js';

/** How an answer is shown. */
type AnswerFormat = 'table' | 'json' | 'csv';

/** A table is made of its rows together: it has no more than these unless more are asked for. */
const TABLE_ROWS = 1000;
/** A longer text is cut where it stands in a table that has no width. */
const LONGEST_CELL = 10_000;
const NUMBERS = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DOUBLE|FLOAT|DECIMAL.*|BIGNUM)$/;

/** Prints an answer to stdout, up to `limit` rows. */
export async function printAnswer(output: Output, answer: SqlAnswer<Row>, format: AnswerFormat, limit: number | undefined): Promise<void> {
  if (format === 'json') await printJson(output, answer, limit);
  else if (format === 'csv') await printCsv(output, answer, limit);
  else await printRows(output, answer, limit);
}

async function printRows(output: Output, answer: SqlAnswer<Row>, limit: number | undefined): Promise<void> {
  const most = limit ?? TABLE_ROWS;
  const rows: Row[] = [];
  // One more than is shown, to know of it.
  for await (const batch of limited(answer, most + (limit === undefined ? 1 : 0))) rows.push(...batch);
  const hasMore = rows.length > most;
  const text = new RowText();
  const cells = rows.slice(0, most).map((row) => answer.columns.map(({ name }) => cellText(row[name], text)));
  await printTable(output, answer.columns.map(tableColumn), cells);
  if (hasMore) output.note(`the first ${countText(most)} rows; --limit shows more, --csv and --json all`);
  else output.note(plural(rows.length, 'row'));
}

function tableColumn({ name, type }: SqlResultColumn): TableColumn {
  return NUMBERS.test(type) ? { head: printable(name), align: 'right' } : { head: printable(name), cut: true };
}

function cellText(value: unknown, text: RowText): string {
  if (typeof value === 'string') return value.length > LONGEST_CELL ? `${value.slice(0, LONGEST_CELL)}…` : value;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return String(value);
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : text.text(value);
}

/** One document, written as the rows come. */
async function printJson(output: Output, answer: SqlAnswer<Row>, limit: number | undefined): Promise<void> {
  const text = new RowText();
  let count = 0;
  await output.write(`{\n  "columns": ${JSON.stringify(answer.columns)},\n  "rows": [`);
  for await (const batch of limited(answer, limit))
    await output.write(batch.map((row) => `${count++ === 0 ? '' : ','}\n    ${text.line(row, count)}`).join(''));
  await output.write(`${count === 0 ? '' : '\n  '}]\n}\n`);
}

async function printCsv(output: Output, answer: SqlAnswer<Row>, limit: number | undefined): Promise<void> {
  const names = answer.columns.map(({ name }) => name);
  const cast = cellCasts('', new RowText());
  await output.write(stringify([names], { cast }));
  for await (const batch of limited(answer, limit))
    await output.write(
      stringify(
        batch.map((row) => names.map((name) => row[name])),
        { cast },
      ),
    );
}

/** Writes an answer to a file, as its name says. */
export async function writeAnswer(
  output: Output,
  answer: SqlAnswer<Row>,
  path: string,
  limit: number | undefined,
  signal: AbortSignal,
): Promise<{ rows: number; bytes: number }> {
  try {
    const { rows, bytes } = await writeCheckpoint(path, rowsOf(limited(answer, limit)), { signal });
    output.note(`${path}: ${plural(rows, 'row')}, ${sizeText(bytes)}`);
    return { rows, bytes };
  } finally {
    await answer.batches.return();
  }
}

async function* rowsOf(batches: AsyncIterable<Row[]>): AsyncGenerator<Row, void, undefined> {
  for await (const batch of batches) yield* batch;
}

/** The rows of an answer, which is ended at the limit. */
async function* limited({ batches }: SqlAnswer<Row>, limit = Number.POSITIVE_INFINITY): AsyncGenerator<Row[], void, undefined> {
  let left = limit;
  try {
    while (left > 0) {
      const next = await batches.next();
      if (next.done === true) return;
      const wanted = next.value.length > left ? next.value.slice(0, left) : next.value;
      left -= wanted.length;
      yield wanted;
    }
  } finally {
    await batches.return();
  }
}
