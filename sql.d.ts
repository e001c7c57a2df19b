// The public types of arrow-ckpt/sql, rolled up by `npm run api`. Do not edit.
/** Opens checkpoints for questions in SQL, which DuckDB answers: the package `@duckdb/node-api` must be installed. docs/sql.md.
 * ```ts
 * await using db = await openSql('checkpoints');
 * const rows = await db.query`select model, count(*) as n from process.extract where score > ${0.5} group by model`;
 * ```
 * `source`: the directory of a `CheckpointManager`, a file, the URL of either, or several of them by names that come first in SQL: `{
 * before: 'runs/1', after: 'runs/2' }` is `from before.process.extract`. Nothing is written there. Close it afterwards. @throws
 * `ERR_CKPT_NO_SQL` without DuckDB, `ERR_CKPT_NOT_FOUND`, `ERR_CKPT_INVALID_OPTION` */
export declare function openSql(source: SqlSource, options?: SqlOptions): Promise<SqlDatabase>;

/** An answer that is fetched as it is read. */
export declare interface SqlAnswer<T = Record<string, unknown>> {
  columns: readonly SqlResultColumn[];
  /** The rows, up to 2,048 at a time. Ending the loop early ends the question. */ batches: AsyncGenerator<T[], void, undefined>;
}

/** A column of a {@link SqlTable}. */
export declare interface SqlColumn {
  /** Its name in SQL, without quotes. */ name: string;
  /** The key in the rows that `readCheckpoint` gives; null where `holds` is `rows`. */ key: string | null;
  /** The type of the values in words, as in `CheckpointInfo`: `int64`, `json`, `list<string>`. */ type: string;
  /** `values`: those of the key. `exceptions`: its values that are of another kind than the rest, as JSON, where `values` has null.
   * `rows`: whole rows as JSON, which have no place in other columns. */ holds: 'values' | 'exceptions' | 'rows';
}

/** Checkpoints as tables of DuckDB, for reading: {@link openSql} makes it. docs/sql.md.
 * A question is one `select` (or `with`, `from`, `values`, `describe`, `summarize`) over the tables that {@link SqlDatabase.tables}
 * lists. Each method throws `ERR_CKPT_SQL` for what DuckDB cannot run, `ERR_CKPT_SQL_REFUSED` for all else than such a question,
 * `ERR_CKPT_SQL_LIMIT` where time or memory is used up, `ERR_CKPT_CHANGED` where a file was replaced meanwhile, the error of a damaged
 * checkpoint that is asked for, and `ERR_CKPT_CLOSED` after `close`. */
export declare interface SqlDatabase extends AsyncDisposable {
  /** All rows of the answer. Values of a template are bound: they are never text of the question. */
  query<T = Record<string, unknown>>(strings: TemplateStringsArray, ...values: readonly SqlParameter[]): Promise<T[]>;
  query<T = Record<string, unknown>>(text: string, params?: readonly SqlParameter[], options?: SqlQueryOptions): Promise<T[]>;
  /** The same rows one by one, in bounded memory. Ending the loop early ends the question. */
  stream<T = Record<string, unknown>>(text: string, params?: readonly SqlParameter[], options?: SqlQueryOptions): AsyncGenerator<T, void, undefined>;
  /** The columns of the answer, which may have no rows, and its rows in batches. */
  ask<T = Record<string, unknown>>(text: string, params?: readonly SqlParameter[], options?: SqlQueryOptions): Promise<SqlAnswer<T>>;
  /** DuckDB's plan for a question, as text. */
  explain(text: string, params?: readonly SqlParameter[], options?: SqlExplainOptions): Promise<string>;
  /** What can be asked, and what cannot, as it was when it was looked at last. */ tables(): readonly SqlTable[];
  /** Looks at the sources again: for new and removed checkpoints. A question for a table that is not known does so by itself. */
  refresh(): Promise<void>;
  /** Saves the answer as a checkpoint of a directory, through the writer of `CheckpointManager`. Resolves with the path. */
  save(step: string, operation: string, text: string, options?: SqlSaveOptions): Promise<string>;
  /** Ends all questions that run, and removes what was put aside for them. Closing again does nothing. */ close(): Promise<void>;
  readonly closed: boolean;
}

/** Options of {@link SqlDatabase.explain}. */
export declare interface SqlExplainOptions extends SqlQueryOptions {
  /** Runs the question, and tells what each step of it took. @default false */ analyze?: boolean;
}

/** Options of `openSql`. */
export declare interface SqlOptions {
  /** The most memory of DuckDB, in bytes or as `512MB`, `1GB` (units of 1024). It writes nothing to disk: a question that needs more is
   * `ERR_CKPT_SQL_LIMIT`. 16 MB and more. @default '1GB' @unit bytes */ memory?: number | string;
  /** The threads of DuckDB, 1 to 256. @default the cores, 4 at most @unit threads */ threads?: number;
  /** The most time that DuckDB may take for a question. What the caller does between two rows of a stream is not counted. @default 60000
   * @unit ms */ timeout?: number;
}
/** A value for a parameter of a question. An array is a list, whose elements are of one kind. */
export declare type SqlParameter = null | boolean | number | bigint | string | Date | Uint8Array | Float32Array | Float64Array | readonly SqlParameter[];
/** Options of one question. */
export declare interface SqlQueryOptions {
  /** The most time that DuckDB may take for it. @default that of {@link SqlOptions} @unit ms */ timeout?: number;
  /** Ends it: it rejects with `signal.reason`. */ signal?: AbortSignal;
}

/** A column of an answer. */
export declare interface SqlResultColumn {
  /** The key of the rows; of two columns of one name the second is `name_2`. */ name: string;
  /** The type that DuckDB gives it: `BIGINT`, `VARCHAR[]`, `JSON`. */ type: string;
}

/** Options of {@link SqlDatabase.save}. */
export declare interface SqlSaveOptions extends SqlQueryOptions {
  /** The values for `$1`, `$2`, ... @default [] */ params?: readonly SqlParameter[];
  /** Which of several directories gets it, by its name in SQL. @default the one that was opened */ directory?: string;
  /** As of `writeCheckpoint`. */ hash?: string;
  /** As of `writeCheckpoint`. */ metadata?: Record<string, string>;
}
/** What `openSql` opens: a directory, a file, the URL of either, or several of them by the names that they get in SQL. */
export declare type SqlSource = string | Readonly<Record<string, string>>;
/** What stands behind `from`: a checkpoint, a file, or the batches of a map. */
export declare interface SqlTable {
  /** How a question names it, with quotes where they are needed: `process.extract`. */ name: string;
  /** Its parts without quotes, for `from "directory"."step"."operation"`. */ path: readonly string[];
  /** The step; null for a file, and for batches that say none. */ step: string | null;
  /** The operation, or the name of a file without its extension. */ operation: string;
  /** `batches`: finished rows of a map that has not ended, each once or more. */ kind: 'checkpoint' | 'batches';
  /** The file, the folder or the URL. */ file: string;
  /** Null where nobody has counted them yet: of JSON. */ rows: number | null;
  /** Undefined where they are not known before the first question: of JSON. */ columns: readonly SqlColumn[] | undefined;
  /** Why no question can name it, as the code and the message of an error; null where one can. */
  problem: { code: string; message: string } | null;
}

export { }
