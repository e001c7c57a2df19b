import { fieldName } from '../../columnar/plan.js';
import { DuckdbSource, quoted, ROW_NUMBER, textLiteral } from './duckdb-source.js';
import type { ParquetFacts } from './parquet-facts.js';

/** What only arrow-ckpt needs. */
const HIDDEN = '__ckpt_';

/** A statement, or why there is none. */
type DuckdbView = { sql: string } | { problem: string };

/**
 * The statement that makes a view of a Parquet file for DuckDB, with the file's rows in order and without the columns that only arrow-ckpt
 * needs. A thin file is joined with those that it refers to.
 */
export async function duckdbView(name: string, file: ParquetFacts): Promise<DuckdbView> {
  const create = `CREATE OR REPLACE VIEW ${quoted(name)} AS`;
  if (file.references === undefined) {
    const hidden = file.columns.filter((column) => column.name.startsWith(HIDDEN)).map((column) => quoted(column.name));
    const without = hidden.length === 0 ? '' : ` EXCLUDE (${hidden.join(', ')})`;
    if (hidden.length > 0 && hidden.length === file.columns.length) return { problem: 'it has no columns that DuckDB could show' };
    return { sql: `${create}\nSELECT *${without} FROM read_parquet(${patternOf(file.path)});` };
  }
  const source = await DuckdbSource.of(file, patternOf);
  if ('problem' in source) return source;
  const columns = namesOf(file).map((column) => {
    const value = source.value(column);
    return value === `t.${quoted(column)}` ? value : `${value} AS ${quoted(column)}`;
  });
  return { sql: `${create}\nSELECT ${columns.join(', ')}\n${source.from}\nORDER BY t.${ROW_NUMBER};` };
}

/** The columns that people see, in the order of the rows' keys. */
function namesOf({ plan }: ParquetFacts): string[] {
  return (plan?.row.f ?? []).map(fieldName).filter((name) => !name.startsWith(HIDDEN));
}

/** A path as a text of SQL. DuckDB takes `*`, `?` and `[` for patterns, but not in brackets. */
function patternOf(path: string): string {
  return textLiteral(path.replaceAll(/[*?[]/g, '[$&]'));
}
