import { CheckpointManager } from '../api/checkpoint-manager.js';
import { CheckpointError } from '../base/errors.js';
import { throwIfAborted } from '../base/halt.js';
import { show } from '../base/messages.js';
import { Answer } from './answer.js';
import { Asking } from './asking.js';
import type { Duckdb } from './load-duckdb.js';
import { boundValues } from './bound-values.js';
import { askedNames } from './question.js';
import { checkText, isTemplate, textOf, type Question } from './question-text.js';
import { directoryOf, type Sources } from './directory-of.js';
import { namesIn } from './names-in.js';
import { SqlSession } from './sql-session.js';
import type { SessionTable } from './session-table.js';
import { checkExplainOptions, checkQueryOptions, checkSaveOptions, type CheckedSqlOptions } from './sql-options.js';
import type { SqlAnswer, SqlDatabase, SqlExplainOptions, SqlParameter, SqlQueryOptions, SqlSaveOptions, SqlTable } from './sql-types.js';

/** See {@link SqlDatabase}. */
export class Database implements SqlDatabase {
  readonly #duckdb: Duckdb;
  readonly #sources: readonly [string | null, string][];
  /** Of the sources those that may be saved to. */
  readonly #directories: ReadonlyMap<string | null, string>;
  readonly #options: CheckedSqlOptions;
  /** The questions that run, and what frees them. */
  readonly #running = new Map<Asking, () => Promise<void>>();
  #session: SqlSession;
  #refreshing: Promise<void> | undefined;
  #closed = false;

  private constructor(duckdb: Duckdb, sources: Sources, options: CheckedSqlOptions, session: SqlSession) {
    this.#duckdb = duckdb;
    this.#sources = sources.all;
    this.#directories = sources.directories;
    this.#options = options;
    this.#session = session;
  }

  static async open(duckdb: Duckdb, sources: Sources, options: CheckedSqlOptions): Promise<Database> {
    return new Database(duckdb, sources, options, await SqlSession.open(sources.all, options, duckdb));
  }

  get closed(): boolean {
    return this.#closed;
  }

  async query<T>(asked: string | TemplateStringsArray, ...rest: readonly unknown[]): Promise<T[]> {
    const { columns: _, batches } = isTemplate(asked)
      ? await this.ask<T>(textOf(asked), rest as readonly SqlParameter[])
      : await this.ask<T>(asked, rest[0] as readonly SqlParameter[] | undefined, rest[1] as SqlQueryOptions | undefined);
    const rows: T[] = [];
    for await (const batch of batches) for (const row of batch) rows.push(row);
    return rows;
  }

  async *stream<T>(text: string, params?: readonly SqlParameter[], options?: SqlQueryOptions): AsyncGenerator<T, void, undefined> {
    const { batches } = await this.ask<T>(text, params, options);
    try {
      for await (const batch of batches) yield* batch;
    } finally {
      await batches.return();
    }
  }

  async ask<T>(text: string, params?: readonly SqlParameter[], options?: SqlQueryOptions): Promise<SqlAnswer<T>> {
    const answer = await this.#ask({ text, params: params ?? [], options: checkQueryOptions(options, 'a question') });
    return { columns: answer.columns, batches: answer as unknown as AsyncGenerator<T[], void, undefined> };
  }

  async explain(text: string, params?: readonly SqlParameter[], options?: SqlExplainOptions): Promise<string> {
    const { analyze = false, ...limits } = checkExplainOptions(options);
    const before = analyze ? 'EXPLAIN ANALYZE ' : 'EXPLAIN ';
    const lines: string[] = [];
    for await (const batch of await this.#ask({ text, params: params ?? [], options: limits, before }))
      for (const row of batch) lines.push(String(row['explain_value']));
    return lines.join('\n');
  }

  tables(): readonly SqlTable[] {
    return this.#session.tables.map(({ shown }) => ({ ...shown }));
  }

  async refresh(): Promise<void> {
    this.#check();
    this.#refreshing ??= this.#renew().finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
  }

  async save(step: string, operation: string, text: string, options?: SqlSaveOptions): Promise<string> {
    const { params = [], directory, hash, metadata, ...limits } = checkSaveOptions(options);
    const manager = new CheckpointManager(directoryOf(this.#directories, directory), { logger: false });
    const answer = await this.#ask({ text, params, options: limits });
    const { signal } = limits;
    try {
      const given = Object.fromEntries(Object.entries({ hash, metadata, signal }).filter(([, value]) => value !== undefined));
      const path = await manager.saveCheckpoint(step, operation, answer.rows(), given);
      await this.refresh();
      return path;
    } finally {
      await answer.return();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const asking of this.#running.keys()) asking.end({ error: closedError() });
    await Promise.all([...this.#running.values()].map((end) => end()));
    await this.#refreshing?.catch(() => {});
    await this.#session.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask(question: Question): Promise<Answer> {
    const { text, params, options } = question;
    this.#check();
    checkText(text);
    if (!Array.isArray(params))
      throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `the values of a question must be an array, got ${show(params)}`);
    throwIfAborted(options.signal);
    const first = await this.#attempt(question, false);
    if (first !== undefined) return first;
    await this.refresh();
    return (await this.#attempt(question, true)) as Answer;
  }

  /** Undefined where the sources are not any more what they were, or lack a table: only a last attempt takes them as they are. */
  async #attempt({ text, params, options, before = '' }: Question, isLast: boolean): Promise<Answer | undefined> {
    const session = this.#session;
    session.retain();
    const limits = { timeout: options.timeout ?? this.#options.timeout, signal: options.signal };
    const asking = await Asking.on(session.instance, this.#duckdb, limits).catch(async (error: unknown) => {
      await session.release();
      throw error;
    });
    let views: Promise<void> | undefined;
    const end = async (): Promise<void> => {
      await asking.close();
      // Rows that are being put aside: the session removes the folder for them.
      await views?.catch(() => {});
      if (this.#running.delete(asking)) await session.release();
    };
    this.#running.set(asking, end);
    let tables: SessionTable[] | undefined;
    try {
      this.#check();
      const tree = await asking.text('SELECT json_serialize_sql($1::VARCHAR)', [text]);
      const names = askedNames(tree);
      tables = session.find(names);
      if (!isLast && (tables === undefined || (await session.hasChanged(tables)))) {
        await end();
        return undefined;
      }
      if (tables === undefined) throw session.unknown(names);
      const found = tables;
      // Closing waits for views that are being made, not for those that begin after it.
      asking.check();
      views = session.fetch(found, namesIn(tree), asking.signal).then(() => session.makeViews(found, asking));
      await views;
      const { values, types } = boundValues(params, this.#duckdb);
      await asking.begin(before + text, values, types);
      return new Answer(asking, () => this.#unchanged(session, found), end);
    } catch (error) {
      const isEnded = asking.signal.aborted;
      await end();
      // What is wrong may be that a file was replaced in this moment.
      if (isEnded || tables === undefined || !(await session.hasChanged(tables))) throw error;
      if (!isLast) return undefined;
      await this.#unchanged(session, tables);
      throw error;
    }
  }

  /** Takes the sources as they are now. Questions that run go on with those that they began with. */
  async #renew(): Promise<void> {
    const session = await SqlSession.open(this.#sources, this.#options, this.#duckdb);
    const before = this.#session;
    this.#session = session;
    await before.release();
  }

  #check(): void {
    if (this.#closed) throw closedError();
  }

  async #unchanged(session: SqlSession, tables: readonly SessionTable[]): Promise<void> {
    if (!(await session.hasChanged(tables))) return;
    const names = tables.map(({ shown }) => shown.name).join(', ');
    throw new CheckpointError('ERR_CKPT_CHANGED', `a file of ${names} was replaced while it was read; ask again`);
  }
}

function closedError(): CheckpointError {
  return new CheckpointError('ERR_CKPT_CLOSED', 'the database is closed; open it again');
}
