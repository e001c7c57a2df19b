import { rm } from 'node:fs/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import { temporaryPath } from '../base/commit/temporary-folder.js';
import { CheckpointError } from '../base/errors.js';
import { stampOf } from '../formats/folder/list-parts.js';
import { quoted } from '../formats/parquet/duckdb-source.js';
import type { Asking } from './asking.js';
import { findPlaces } from './find-places.js';
import type { Duckdb } from './load-duckdb.js';
import { keywordsOf, lockDown, newInstance } from './locked-instance.js';
import type { AskedName } from './question.js';
import { closeAll, describeAll, namesFor, tableOf, type SessionTable } from './session-table.js';
import type { CheckedSqlOptions } from './sql-options.js';
import { FIRST_CATALOG, MAIN, TableNames } from './table-names.js';

/** The sources as they were at one moment, and a DuckDB that reads their files and nothing else. */
export class SqlSession {
  readonly tables: readonly SessionTable[];
  readonly instance: DuckDBInstance;
  readonly #folder: string;
  readonly #byName = new Map<string, SessionTable>();
  /** The last change of DuckDB's catalogue. */
  #creating: Promise<void> = Promise.resolve();
  #users = 1;

  private constructor(instance: DuckDBInstance, folder: string, tables: readonly SessionTable[]) {
    this.instance = instance;
    this.#folder = folder;
    this.tables = tables;
    for (const table of tables) for (const name of namesFor(table.name)) this.#byName.set(name, table);
  }

  /** `sources`: paths and URLs by the names of their directories; the only one has none. */
  static async open(sources: readonly [string | null, string][], options: CheckedSqlOptions, duckdb: Duckdb): Promise<SqlSession> {
    const places = (await Promise.all(sources.map(([directory, source]) => findPlaces(source, directory)))).flat();
    const folder = temporaryPath('arrow-ckpt-sql');
    const described = await describeAll(places, folder);
    let instance: DuckDBInstance | undefined;
    try {
      instance = await newInstance(duckdb, options);
      const names = new TableNames(await keywordsOf(instance));
      const catalogs = sources.map(([directory]) => names.catalog(directory)).filter((catalog) => catalog !== FIRST_CATALOG);
      const tables = places.map((place, index) => tableOf(place, described[index] as SessionTable['described'], names));
      const paths = described.flatMap((each) => (each instanceof CheckpointError ? [] : each.paths));
      await lockDown(instance, catalogs, paths);
      return new SqlSession(instance, folder, tables);
    } catch (error) {
      instance?.closeSync();
      await closeAll(described);
      throw error;
    }
  }

  /** Another one uses it: it stays open until `release`. */
  retain(): void {
    this.#users++;
  }

  /** The last one that releases it closes it. */
  async release(): Promise<void> {
    if (--this.#users > 0) return;
    this.instance.closeSync();
    await closeAll(this.tables.map(({ described }) => described));
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The tables of these names, each once; undefined if one of them is not there. */
  find(names: readonly AskedName[]): SessionTable[] | undefined {
    const found = new Set<SessionTable>();
    for (const { catalog, schema, table } of names) {
      const each = this.#byName.get(
        [catalog, schema, table]
          .filter((part) => part !== '')
          .join('\0')
          .toLowerCase(),
      );
      if (each === undefined) return undefined;
      found.add(each);
    }
    return [...found];
  }

  /** The error of a name that is not there. */
  unknown(names: readonly AskedName[]): CheckpointError {
    const missing = names.find((name) => this.find([name]) === undefined) ?? { catalog: '', schema: '', table: '' };
    const text = [missing.catalog, missing.schema, missing.table].filter((part) => part !== '').join('.');
    const ends = (table: SessionTable): boolean => table.name.table.toLowerCase() === missing.table.toLowerCase();
    const near = this.tables.filter(ends).map(({ shown }) => shown.name);
    const all = this.tables.map(({ shown }) => shown.name);
    const listed = all.length > 12 ? [...all.slice(0, 12), `and ${all.length - 12} more`] : all;
    const advice = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there is ${listed.join(', ') || 'none'}`;
    return new CheckpointError('ERR_CKPT_SQL', `there is no table ${text}; ${advice}`);
  }

  /** Whether one of the files is another by now. */
  async hasChanged(tables: readonly SessionTable[]): Promise<boolean> {
    for (const { described } of tables) {
      if (described instanceof CheckpointError) continue;
      for (const [path, stamp] of described.stamps) {
        const now = await stampOf(path).catch(() => undefined);
        if (now?.stamp !== stamp) return true;
      }
    }
    return false;
  }

  /** Brings what a question reads of these tables that names these: see `DescribedTable.fetch`. */
  async fetch(tables: readonly SessionTable[], names: ReadonlySet<string> | undefined, signal: AbortSignal): Promise<void> {
    for (const { described } of tables) if (!(described instanceof CheckpointError)) await described.fetch?.(names, signal);
  }

  /** Makes the views of these tables. @throws the error of one that cannot be asked for */
  async makeViews(tables: readonly SessionTable[], asking: Asking): Promise<void> {
    for (const table of tables) {
      // That of another question, which may have been ended: then the first that waits makes it anew, and the others wait for that.
      let known: Promise<void> | undefined;
      let isMade = false;
      while (!isMade && table.view !== undefined && table.view !== known) isMade = await asking.waits((known = table.view));
      if (!isMade) await (table.view = this.#makeView(table, asking));
    }
  }

  async #makeView({ name, shown, described }: SessionTable, asking: Asking): Promise<void> {
    if (described instanceof CheckpointError) {
      const { code, message, path } = described;
      const fields = { ...(path !== undefined && { path }), cause: described };
      throw new CheckpointError(code, `the table ${shown.name} cannot be read: ${message}`, fields);
    }
    const view = await described.view(asking.signal);
    Object.assign(shown, { columns: view.columns, rows: view.rows });
    const schema = `${quoted(name.catalog)}.${quoted(name.schema)}`;
    // One after another: of two changes of its catalogue at a time DuckDB refuses one.
    const before = this.#creating;
    const creating = (async (): Promise<void> => {
      await before;
      if (name.schema !== MAIN) await asking.text(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      await asking.text(`CREATE OR REPLACE VIEW ${schema}.${quoted(name.table)} AS ${view.select}`);
    })();
    this.#creating = creating.catch(() => {});
    await creating;
  }
}
