import { quoted } from '../formats/parquet/duckdb-source.js';
import type { TablePlace } from './find-places.js';

/** The database in memory that DuckDB begins with. */
export const FIRST_CATALOG = 'memory';
/** Where tables without a step are. */
export const MAIN = 'main';
/** Names that DuckDB has itself. */
const RESERVED = [FIRST_CATALOG, 'temp', 'system', 'information_schema', 'pg_catalog'];

/** Where a table is in DuckDB. */
export interface SqlName {
  catalog: string;
  schema: string;
  table: string;
}

/**
 * Gives names to tables that DuckDB tells apart, and takes: `"directory"."step"."operation"`. It folds case, has names of its own, and
 * knows no empty ones; a name that is taken gets a number behind it.
 */
export class TableNames {
  readonly #catalogs = new Map<string, string>();
  readonly #takenCatalogs = new Set([...RESERVED, MAIN]);
  readonly #schemas = new Map<string, { names: Map<string, string>; taken: Set<string> }>();
  readonly #tables = new Map<string, Set<string>>();
  readonly #keywords: ReadonlySet<string>;

  /** `keywords`: those that are no names without quotes. */
  constructor(keywords: ReadonlySet<string>) {
    this.#keywords = keywords;
  }

  /** The database of a directory. To be asked for all of them before the first table: their names are none of schemas. */
  catalog(directory: string | null): string {
    if (directory === null) return FIRST_CATALOG;
    const known = this.#catalogs.get(directory);
    if (known !== undefined) return known;
    const name = freeName(directory, this.#takenCatalogs);
    this.#catalogs.set(directory, name);
    return name;
  }

  of({ directory, step, operation }: TablePlace): SqlName {
    const catalog = this.catalog(directory);
    const schema = step === null ? MAIN : this.#schema(catalog, step);
    const place = `${catalog}\0${schema}`;
    const taken = this.#tables.get(place) ?? new Set();
    this.#tables.set(place, taken);
    return { catalog, schema, table: freeName(operation, taken) };
  }

  /** The parts of a name that a question needs, without quotes. */
  path({ catalog, schema, table }: SqlName): string[] {
    if (catalog !== FIRST_CATALOG) return schema === MAIN ? [catalog, table] : [catalog, schema, table];
    return schema === MAIN ? [table] : [schema, table];
  }

  /** The same as text. */
  text(name: SqlName): string {
    const isPlain = (part: string): boolean => /^[a-z_][a-z0-9_]*$/i.test(part) && !this.#keywords.has(part.toLowerCase());
    return this.path(name)
      .map((part) => (isPlain(part) ? part : quoted(part)))
      .join('.');
  }

  #schema(catalog: string, step: string): string {
    const known = this.#schemas.get(catalog) ?? {
      names: new Map<string, string>(),
      taken: new Set([...this.#takenCatalogs].filter((name) => name !== MAIN)),
    };
    this.#schemas.set(catalog, known);
    const before = known.names.get(step);
    if (before !== undefined) return before;
    const name = freeName(step, known.taken);
    known.names.set(step, name);
    return name;
  }
}

function freeName(name: string, taken: Set<string>): string {
  // DuckDB's texts are UTF-8.
  const base = name.toWellFormed().replaceAll('\0', '_') || '_';
  for (let count = 1; ; count++) {
    const free = count === 1 ? base : `${base}_${count}`;
    if (taken.has(free.toLowerCase())) continue;
    taken.add(free.toLowerCase());
    return free;
  }
}
