import { fieldName } from '../../columnar/plan.js';
import { describedParquet } from './describe-files.js';
import type { ParquetFacts } from './parquet-facts.js';
import { placesOf } from './pool.js';
import { KEY_ID, type ColumnReference, type Holder } from './references.js';

/** What only arrow-ckpt needs. */
const HIDDEN = '__ckpt_';
/** What DuckDB calls the number of a row in its file. */
const ROW_NUMBER = 'file_row_number';

/** A statement, or why there is none. */
type DuckdbView = { sql: string } | { problem: string };

/**
 * The statement that makes a view of a Parquet file for DuckDB, with the file's rows in order and without the columns that only arrow-ckpt
 * needs. A thin file is joined with those that it refers to.
 */
export async function duckdbView(name: string, file: ParquetFacts): Promise<DuckdbView> {
  const { references } = file;
  const create = `CREATE OR REPLACE VIEW ${quoted(name)} AS`;
  if (references === undefined) {
    const hidden = file.columns.filter((column) => column.name.startsWith(HIDDEN)).map((column) => quoted(column.name));
    const without = hidden.length === 0 ? '' : ` EXCLUDE (${hidden.join(', ')})`;
    if (hidden.length > 0 && hidden.length === file.columns.length) return { problem: 'it has no columns that DuckDB could show' };
    return { sql: `${create}\nSELECT *${without} FROM read_parquet(${pathText(file.path)});` };
  }
  const names = namesOf(file);
  if (names.some((column) => column.toLowerCase() === ROW_NUMBER))
    return { problem: `its column '${ROW_NUMBER}' has a name that DuckDB needs; materialize it` };
  const places = await Promise.all(references.holders.map((holder) => placeOf(holder, file.path)));
  const lost = references.holders.find((_, at) => places[at] === undefined);
  if (lost !== undefined) return { problem: `the file ${lost.id} that it refers to, once ${lost.hint}, is not there` };
  const joins: string[] = [];
  const columns = names.map((column) => {
    const reference = references.columns.get(column);
    if (reference === undefined) return `t.${quoted(column)}`;
    return `${joined(reference, places as string[], joins)} AS ${quoted(column)}`;
  });
  const from = `FROM read_parquet(${pathText(file.path)}, ${ROW_NUMBER} = true) AS t`;
  return { sql: `${create}\nSELECT ${columns.join(', ')}\n${[from, ...joins].join('\n')}\nORDER BY t.${ROW_NUMBER};` };
}

/** Where a file is that others refer to. What else is there has other rows, which DuckDB would show. */
async function placeOf(holder: Holder, path: string): Promise<string | undefined> {
  for (const place of placesOf(holder, path)) {
    const found = await describedParquet(place);
    const { ours, footer, bytes, rows } = found ?? {};
    if (ours && footer?.keyValues[KEY_ID] === holder.id && bytes === holder.bytes && rows === holder.rows) return place;
  }
  return undefined;
}

/** The value of a column that refers to others: adds the joins that it needs. */
function joined({ r, h, v, of }: ColumnReference, places: readonly string[], joins: string[]): string {
  const row = `t.${quoted(r)}`;
  const found = of.map(([holder, stored]) => {
    const alias = `j${joins.length}`;
    const file = `read_parquet(${pathText(places[holder] as string)}, ${ROW_NUMBER} = true)`;
    const isHolder = h === undefined ? '' : `t.${quoted(h)} = ${holder}`;
    const on = [`${alias}.n = ${row}`, isHolder].filter((condition) => condition !== '').join(' AND ');
    joins.push(`LEFT JOIN (SELECT ${ROW_NUMBER} AS n, ${quoted(stored)} AS v FROM ${file}) AS ${alias} ON ${on}`);
    return { isHolder, value: `${alias}.v` };
  });
  const [first] = found;
  if (h === undefined && first !== undefined)
    return v === undefined ? first.value : `CASE WHEN ${row} IS NULL THEN t.${quoted(v)} ELSE ${first.value} END`;
  const cases = found.map(({ isHolder, value }) => `WHEN ${isHolder} THEN ${value}`);
  return `CASE ${cases.join(' ')}${v === undefined ? '' : ` ELSE t.${quoted(v)}`} END`;
}

/** The columns that people see, in the order of the rows' keys. */
function namesOf({ plan }: ParquetFacts): string[] {
  return (plan?.row.f ?? []).map(fieldName).filter((name) => !name.startsWith(HIDDEN));
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A path as a text of SQL. DuckDB takes `*`, `?` and `[` for patterns, but not in brackets. */
function pathText(path: string): string {
  return `'${path.replaceAll(/[*?[]/g, '[$&]').replaceAll("'", "''")}'`;
}
