import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { isError } from '../../base/realm.js';
import { show } from '../../base/messages.js';
import { listFolder } from '../../directory/folders.js';
import type { RowFailure } from '../events.js';
import type { RowKey } from '../row-key.js';

const NOTES = /^failed_(\d+)\.jsonl$/;

/** A line of a worker's notes: a row that has failed for good. Other workers do not call the function for it. */
interface Note {
  row: number;
  message: string;
  /** It failed in an earlier run, and was not called again. */
  resumed: boolean;
  cause: { name: string; message: string; code?: string };
}

/** The failures that the workers of a map tell each other, for as long as one of them lives. */
export class FailureNotes {
  readonly #folder: string;
  /** How much of each worker's notes was read, in characters. */
  readonly #read = new Map<string, number>();
  #written: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Notes a failure of a worker, behind those before. */
  add(worker: number, { row, error, resumed }: RowFailure): void {
    const note: Note = { row, message: error.message, resumed, cause: factsOf(error.cause) };
    const path = join(this.#folder, `failed_${worker}.jsonl`);
    this.#written = this.#written
      .then(() => appendFile(path, `${JSON.stringify(note)}\n`))
      .catch((error_: unknown) => void (this.#failure ??= { error: fromSystemError(error_, 'save', path) }));
  }

  /** Resolves when all are written. @throws what writing them threw */
  async settled(): Promise<void> {
    await this.#written;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** The failures that were noted since the last look, this worker's among them. */
  async look(keyOf: (row: number) => RowKey): Promise<RowFailure[]> {
    await this.settled();
    const found: RowFailure[] = [];
    for (const { name } of await listFolder(this.#folder)) {
      if (!NOTES.test(name)) continue;
      const text = await readFile(join(this.#folder, name), 'utf8').catch(() => '');
      // The last line may be one that is being written.
      const end = text.lastIndexOf('\n') + 1;
      for (const line of text.slice(this.#read.get(name) ?? 0, end).split('\n')) if (line !== '') found.push(failureOf(line, keyOf));
      this.#read.set(name, end);
    }
    return found;
  }
}

function failureOf(line: string, keyOf: (row: number) => RowKey): RowFailure {
  const { row, message, resumed, cause } = JSON.parse(line) as Note;
  const error = Object.assign(new Error(cause.message), { name: cause.name, ...(cause.code !== undefined && { code: cause.code }) });
  return { row, key: keyOf(row), error: new CheckpointError('ERR_CKPT_ROW_FAILED', message, { row, cause: error }), resumed };
}

/** What another process can be told of what was thrown, which may be anything. */
function factsOf(cause: unknown): Note['cause'] {
  try {
    if (!isError(cause)) return { name: 'Error', message: show(cause) };
    const { name, message, code } = cause as Error & { code?: unknown };
    return { name: String(name), message: String(message), ...(typeof code === 'string' && { code }) };
  } catch {
    return { name: 'Error', message: 'an error that cannot be read' };
  }
}
