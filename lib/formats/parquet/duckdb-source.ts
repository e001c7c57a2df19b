import { describedParquet } from './describe-files.js';
import type { ParquetFacts } from './parquet-facts.js';
import { placesOf } from './pool.js';
import { KEY_ID, type ColumnReference, type Holder } from './references.js';

/** What DuckDB calls the number of a row in its file. */
export const ROW_NUMBER = 'file_row_number';

/** How DuckDB reads a Parquet file of ours: a thin one is joined with those that it refers to, as far as its columns are asked for. */
export class DuckdbSource {
  readonly #path: string;
  readonly #columns: ReadonlyMap<string, ColumnReference>;
  /** Where the holders are, by their numbers. */
  readonly #places: readonly string[];
  readonly #literal: (path: string) => string;
  readonly #joins: string[] = [];

  private constructor(path: string, columns: ReadonlyMap<string, ColumnReference>, places: readonly string[], literal: Literal) {
    this.#path = path;
    this.#columns = columns;
    this.#places = places;
    this.#literal = literal;
  }

  /** `literal`: a path as a text of SQL. A holder that is lost, or a column that has a name which DuckDB needs, is a problem. */
  static async of(file: ParquetFacts, literal: Literal): Promise<DuckdbSource | { problem: string }> {
    const { path, references } = file;
    if (references === undefined) return new DuckdbSource(path, new Map(), [], literal);
    if (file.footer.columns.some((column) => column.toLowerCase() === ROW_NUMBER))
      return { problem: `its column '${ROW_NUMBER}' has a name that DuckDB needs; materialize it` };
    const places = await Promise.all(references.holders.map((holder) => placeOf(holder, path)));
    const lost = references.holders.find((_, at) => places[at] === undefined);
    if (lost !== undefined) return { problem: `the file ${lost.id} that it refers to, once ${lost.hint}, is not there` };
    return new DuckdbSource(path, references.columns, places as string[], literal);
  }

  /** The files that are read: the checkpoint's own, then its holders. */
  get paths(): string[] {
    return [this.#path, ...this.#places];
  }

  /** The value of a column by its name in the file. */
  value(column: string): string {
    const reference = this.#columns.get(column);
    return reference === undefined ? `t.${quoted(column)}` : this.#joined(reference);
  }

  /** What the values come from. To be asked for after the values. */
  get from(): string {
    const own = this.#literal(this.#path);
    if (this.#columns.size === 0) return `FROM read_parquet(${own}) AS t`;
    return [`FROM read_parquet(${own}, ${ROW_NUMBER} = true) AS t`, ...this.#joins].join('\n');
  }

  /** The value of a column that refers to others: adds the joins that it needs. */
  #joined({ r, h, v, of }: ColumnReference): string {
    const row = `t.${quoted(r)}`;
    const found = of.map(([holder, stored]) => {
      const alias = `j${this.#joins.length}`;
      const file = `read_parquet(${this.#literal(this.#places[holder] as string)}, ${ROW_NUMBER} = true)`;
      const isHolder = h === undefined ? '' : `t.${quoted(h)} = ${holder}`;
      const on = [`${alias}.n = ${row}`, isHolder].filter((condition) => condition !== '').join(' AND ');
      this.#joins.push(`LEFT JOIN (SELECT ${ROW_NUMBER} AS n, ${quoted(stored)} AS v FROM ${file}) AS ${alias} ON ${on}`);
      return { isHolder, value: `${alias}.v` };
    });
    const [first] = found;
    if (h === undefined && first !== undefined)
      return v === undefined ? first.value : `CASE WHEN ${row} IS NULL THEN t.${quoted(v)} ELSE ${first.value} END`;
    const cases = found.map(({ isHolder, value }) => `WHEN ${isHolder} THEN ${value}`);
    return `CASE ${cases.join(' ')}${v === undefined ? '' : ` ELSE t.${quoted(v)}`} END`;
  }
}

type Literal = (path: string) => string;

/** Where a file is that others refer to. What else is there has other rows, which DuckDB would show. */
async function placeOf(holder: Holder, path: string): Promise<string | undefined> {
  for (const place of placesOf(holder, path)) {
    const found = await describedParquet(place);
    const { ours, footer, bytes, rows } = found ?? {};
    if (ours && footer?.keyValues[KEY_ID] === holder.id && bytes === holder.bytes && rows === holder.rows) return place;
  }
  return undefined;
}

/** A name as SQL has it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL has it. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
