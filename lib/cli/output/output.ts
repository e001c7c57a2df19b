import { fromSystemError } from '../../base/errors.js';
import { failureLine, failureOf } from '../failure.js';
import { coloursOf, type Colours } from './colours.js';

/** Whoever read stdout wants no more (`| head`): the command ends quietly. */
export class OutputClosed extends Error {}

/** Results go to stdout, all else to stderr. */
export class Output {
  /** Of stdout. */
  readonly colours: Colours = coloursOf(process.stdout);
  readonly #errorColours: Colours = coloursOf(process.stderr);
  /** Called before each line, to take a progress bar away. */
  beforeLine: (() => void) | undefined;
  quiet = false;

  constructor() {
    // A write reports its own failure; without listeners the event would end the process. To a closed stderr there is nothing to say.
    process.stdout.on('error', () => {});
    process.stderr.on('error', () => {});
  }

  /** Whether stdout is a terminal. */
  get isTerminal(): boolean {
    // Undefined where it is none.
    return process.stdout.isTTY === true;
  }

  /** The columns of the terminal, undefined where stdout is none: then nothing is cut. */
  get width(): number | undefined {
    // Some say 0 for not knowing.
    return this.isTerminal ? process.stdout.columns || 80 : undefined;
  }

  /** Writes to stdout, and waits until it is taken. @throws OutputClosed, and the coded error of a full disk */
  async write(text: string): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The latter is of a stream that has ended of the first.
      if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') throw new OutputClosed();
      throw fromSystemError(error, 'write', 'to stdout');
    }
  }

  /** Writes a line to stdout. */
  async line(text = ''): Promise<void> {
    this.beforeLine?.();
    await this.write(`${text}\n`);
  }

  /** Writes a document to stdout. */
  async document(value: unknown): Promise<void> {
    await this.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Tells something to people on stderr. */
  note(text: string): void {
    if (!this.quiet) this.#stderr(this.#errorColours.dim(text));
  }

  /** Tells an error on stderr, in one line. */
  error(error: unknown): void {
    this.#stderr(`${this.#errorColours.red('error:')} ${failureLine(failureOf(error))}`);
  }

  #stderr(text: string): void {
    this.beforeLine?.();
    process.stderr.write(`${text}\n`);
  }
}
