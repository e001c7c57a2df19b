import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Row } from '../../base/rows.js';
import type { SqlDatabase } from '../../sql/sql-types.js';
import type { Context } from '../context.js';
import { Interrupted } from '../interrupt.js';
import { completionsOf } from './completions.js';
import { runCommand } from './run-command.js';
import { History } from './history.js';
import { printAnswer } from './print-answer.js';
import { splitStatements } from './split-statements.js';

const FIRST = 'sql> ';
const NEXT = ' ... ';

/** Asks for questions in a terminal, each ended by a semicolon, until `.quit` or the end of the input. */
export async function prompt(context: Context, db: SqlDatabase, limit: number | undefined): Promise<void> {
  const { output } = context;
  const count = db.tables().length;
  output.note(`${count} ${count === 1 ? 'table' : 'tables'}; a question ends with ; and .help tells more`);
  const history = new History();
  await new Prompt(context, db, limit, history, await history.read()).run();
}

class Prompt {
  readonly #context: Context;
  readonly #db: SqlDatabase;
  readonly #limit: number | undefined;
  readonly #history: History;
  readonly #lines: Interface;
  /** Lines that wait for their turn: a paste has many. */
  readonly #waiting: string[] = [];
  /** What was typed of a question that has not ended. */
  #text = '';
  #running: AbortController | undefined;
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(context: Context, db: SqlDatabase, limit: number | undefined, history: History, before: string[]) {
    this.#context = context;
    this.#db = db;
    this.#limit = limit;
    this.#history = history;
    this.#lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
      history: before,
      historySize: 500,
      removeHistoryDuplicates: true,
      prompt: FIRST,
      completer: (line: string) => completionsOf(line, this.#text, this.#db.tables()),
    });
  }

  async run(): Promise<void> {
    const lines = this.#lines;
    lines.on('line', (line) => this.#push(line)).on('SIGINT', () => this.#interrupt());
    lines.on('close', () => {
      this.#isClosed = true;
      this.#wake?.();
    });
    // The end of the process by a signal is the end of the prompt.
    const { signal } = this.#context;
    const onAbort = (): void => {
      this.#running?.abort(signal.reason);
      lines.close();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      this.#ask();
      for (let line = await this.#next(); line !== undefined; line = await this.#next()) {
        if (!(await this.#take(line))) break;
        this.#ask();
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (!this.#isClosed) {
        const closed = once(lines, 'close');
        lines.close();
        await closed;
      }
    }
    if (signal.aborted) throw signal.reason;
  }

  #push(line: string): void {
    this.#waiting.push(line);
    this.#wake?.();
  }

  /** The next line; undefined at the end of the input. */
  async #next(): Promise<string | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#isClosed) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#waiting.shift();
  }

  #ask(): void {
    if (this.#isClosed) return;
    this.#lines.setPrompt(this.#text === '' ? FIRST : NEXT);
    if (this.#waiting.length === 0) this.#lines.prompt();
  }

  /** False: that was the last line. */
  async #take(line: string): Promise<boolean> {
    if (this.#text === '' && line.trim().startsWith('.')) {
      await this.#history.add(line.trim());
      return this.#guarded(() => runCommand(this.#context.output, this.#db, line.trim()));
    }
    const { statements, rest } = splitStatements(`${this.#text}${line}\n`);
    this.#text = rest.trim() === '' ? '' : rest;
    for (const statement of statements) {
      await this.#history.add(`${statement};`);
      await this.#guarded(async () => {
        const { signal } = this.#running as AbortController;
        await printAnswer(this.#context.output, await this.#db.ask<Row>(statement, [], { signal }), 'table', this.#limit);
        return true;
      });
    }
    return true;
  }

  /** Tells an error and goes on: the next question may be better. */
  async #guarded(work: () => Promise<boolean>): Promise<boolean> {
    this.#running = new AbortController();
    try {
      return await work();
    } catch (error) {
      if (this.#context.signal.aborted) throw error;
      if (error instanceof Interrupted) this.#context.output.note('ended');
      else this.#context.output.error(error);
      return true;
    } finally {
      this.#running = undefined;
    }
  }

  /** Ctrl+C ends the question that runs, or forgets what was typed. */
  #interrupt(): void {
    if (this.#running !== undefined) return this.#running.abort(new Interrupted('SIGINT'));
    const isEmpty = this.#text === '' && this.#lines.line === '';
    this.#text = '';
    // What stands in the line goes with it.
    this.#lines.write(null, { ctrl: true, name: 'e' });
    this.#lines.write(null, { ctrl: true, name: 'u' });
    process.stdout.write('\n');
    if (isEmpty) this.#context.output.note('.quit or Ctrl+D ends');
    this.#ask();
  }
}
