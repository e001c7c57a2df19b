import type { DuckDBConnection, DuckDBInstance, DuckDBPreparedStatement, DuckDBResult, DuckDBValue, DuckDBType } from '@duckdb/node-api';
import { CheckpointError } from '../base/errors.js';
import { watchAbort } from '../base/halt.js';
import { Pace } from '../base/pace.js';
import type { Row } from '../base/rows.js';
import { setOwn } from '../base/build.js';
import { duckdbError, timedOut, type Ended } from './duckdb-error.js';
import type { Duckdb } from './load-duckdb.js';
import { readerOf } from './reader-of.js';
import type { SqlResultColumn } from './sql-types.js';

/** An interrupt is said again this often until it was heard. */
const INTERRUPT_MS = 20;

/** What a question may take. */
interface AskingLimits {
  timeout: number;
  signal: AbortSignal | undefined;
}

/** One question on a connection of its own: its limits hold for each wait for DuckDB. It must be closed. */
export class Asking {
  readonly #connection: DuckDBConnection;
  readonly #duckdb: Duckdb;
  readonly #limits: AskingLimits;
  readonly #forget: () => void;
  /** Time that DuckDB has left, in ms. */
  #left: number;
  #ended: Ended | undefined;
  /** What DuckDB works on. */
  #working: Promise<unknown> = Promise.resolve();
  #interrupting: NodeJS.Timeout | undefined;
  readonly #stop = new AbortController();
  #closed = false;
  #prepared: DuckDBPreparedStatement | undefined;
  #result: DuckDBResult | undefined;
  columns: readonly SqlResultColumn[] = [];

  private constructor(connection: DuckDBConnection, duckdb: Duckdb, limits: AskingLimits) {
    this.#connection = connection;
    this.#duckdb = duckdb;
    this.#limits = limits;
    this.#left = limits.timeout;
    const { signal } = limits;
    const onAbort = (): void => this.end({ error: signal?.reason });
    this.#forget = signal === undefined ? () => {} : watchAbort(signal, onAbort);
    if (signal?.aborted === true) onAbort();
  }

  /** Aborted when it is ended: for what it waits for beside DuckDB. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  static async on(instance: DuckDBInstance, duckdb: Duckdb, limits: AskingLimits): Promise<Asking> {
    return new Asking(await instance.connect(), duckdb, limits);
  }

  /** Runs a statement of ours, whose answer is of no interest, or one text. */
  async text(sql: string, values: DuckDBValue[] = [], types: DuckDBType[] = []): Promise<string> {
    const reader = await this.#within(() => this.#connection.runAndReadAll(sql, values, types));
    const [first] = reader.getRows();
    return String(first?.[0] ?? '');
  }

  /** Begins a question. */
  async begin(sql: string, values: DuckDBValue[], types: DuckDBType[]): Promise<void> {
    this.#prepared = await this.#within(() => this.#connection.prepare(sql));
    const prepared = this.#prepared;
    const { parameterCount } = prepared;
    if (parameterCount !== values.length) {
      const message = `the question has ${parameterCount} parameters, and ${values.length} values were given`;
      throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', message);
    }
    if (values.length > 0) await this.#within(async () => prepared.bind(values, types));
    this.#result = await this.#within(() => prepared.stream());
    this.columns = columnsOf(this.#result);
  }

  /** The rows of the answer. */
  async *batches(): AsyncGenerator<Row[], void, undefined> {
    const result = this.#result;
    if (result === undefined) return;
    const names = this.columns.map(({ name }) => name);
    const read = result.columnTypes().map((type) => readerOf(type, this.#duckdb));
    const pace = new Pace({});
    for (;;) {
      const chunk = await this.#within(() => result.fetchChunk());
      // An interrupted answer ends without an error.
      this.check();
      if (chunk === null || chunk.rowCount === 0) {
        this.#result = undefined;
        return;
      }
      const rows: Row[] = Array.from({ length: chunk.rowCount }, () => ({}));
      const vectors = names.map((_, column) => chunk.getColumnVector(column));
      for (const [index, row] of rows.entries()) {
        for (const [column, name] of names.entries()) setOwn(row, name, read[column]?.(vectors[column] as (typeof vectors)[number], index));
        if ((index & 63) === 63 && pace.due) await pace.turn();
      }
      yield rows;
    }
  }

  /** Waits for what another question does, and says whether it was done. @throws why this one was ended meanwhile */
  async waits(work: Promise<void>): Promise<boolean> {
    const done = work.then(
      () => true,
      () => false,
    );
    let forget = (): void => {};
    const ended = new Promise<false>((resolve) => (forget = watchAbort(this.#stop.signal, () => resolve(false))));
    const isDone = this.#ended === undefined && (await Promise.race([done, ended]));
    forget();
    this.check();
    return isDone;
  }

  /** @throws why it was ended, if it was */
  check(): void {
    if (this.#ended !== undefined) throw this.#ended.error;
  }

  /** Ends what runs: it rejects with this error. */
  end(why: Ended): void {
    this.#ended ??= why;
    this.#stop.abort(this.#ended.error);
    if (this.#closed || this.#interrupting !== undefined) return;
    this.#connection.interrupt();
    // What has not begun yet, in a queue of the system's threads, forgets it.
    this.#interrupting = setInterval(() => this.#connection.interrupt(), INTERRUPT_MS);
    // Nothing begins any more: an answer that nobody reads must not keep the process.
    const heard = (): void => clearInterval(this.#interrupting);
    this.#working.then(heard, heard);
  }

  /** Ends what runs and frees the connection. Closing again does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    if (this.#result !== undefined) this.end({ error: undefined });
    this.#forget();
    await this.#working.catch(() => {});
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#interrupting);
    this.#connection.disconnectSync();
  }

  async #within<T>(work: () => Promise<T>): Promise<T> {
    this.check();
    const from = performance.now();
    const timer = setTimeout(() => this.end({ error: timedOut(this.#limits.timeout) }), Math.max(1, this.#left));
    try {
      const working = work();
      this.#working = working;
      return await working;
    } catch (error) {
      throw duckdbError(error, this.#ended);
    } finally {
      clearTimeout(timer);
      this.#left -= performance.now() - from;
    }
  }
}

/** Of two columns of one name the second gets a number: a row has each key once. */
function columnsOf(result: DuckDBResult): SqlResultColumn[] {
  const taken = new Set<string>();
  return result.columnNames().map((name, index) => {
    let free = name;
    for (let count = 2; taken.has(free); count++) free = `${name}_${count}`;
    taken.add(free);
    return { name: free, type: typeText(result, index) };
  });
}

function typeText(result: DuckDBResult, index: number): string {
  const type = result.columnType(index);
  return type.alias ?? String(type);
}
