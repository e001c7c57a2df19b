import { isError } from '../base/realm.js';
import { show } from '../base/messages.js';
import { keyOf, type RowKey } from './row-key.js';

/** A row of a `map` that failed, as it is recorded beside the results. */
export interface FailureRecord {
  key: RowKey;
  /** Of the operation, as the results have it; null for none. */
  hash: string | null;
  /** The name of the error that was thrown: `TypeError`; of another value its type. */
  name: string;
  /** Its message as it was, cut at 1000 characters. */
  message: string;
  /** Its `code`, if it had one. */
  code: string | null;
  /** How often the function was called for it in the run that recorded it. */
  attempts: number;
  /** When it failed. */
  time: Date;
}

/** The same in a file of results, whose hash it has. */
export interface StoredFailure extends Omit<FailureRecord, 'key' | 'hash' | 'time'> {
  /** The text of the key. */
  key: string;
  /** Digest of the content. */
  high: number;
  low: number;
  /** Milliseconds since 1970. */
  time: number;
}

/** What a row failed with. */
export type Failure = Omit<StoredFailure, 'key' | 'high' | 'low'>;

const MAX_MESSAGE = 1000;
const MAX_NAME = 100;

/** What is recorded of what a row failed with. Anything may be thrown, also what cannot be looked at. */
export function failureOf(cause: unknown, attempts: number): Failure {
  const { name, message, code } = partsOf(cause);
  return { name: cut(name, MAX_NAME), message: cut(message, MAX_MESSAGE), code: code && cut(code, MAX_NAME), attempts, time: Date.now() };
}

function partsOf(cause: unknown): { name: string; message: string; code: string | null } {
  try {
    if (!isError(cause)) return { name: typeof cause, message: typeof cause === 'string' ? cause : show(cause), code: null };
    const { name, message } = cause;
    const { code } = cause as { code?: unknown };
    const isCode = typeof code === 'string' || typeof code === 'number';
    return { name: String(name), message: String(message), code: isCode ? String(code) : null };
  } catch {
    return { name: 'unknown', message: 'what was thrown cannot be looked at', code: null };
  }
}

/** A cut inside a character leaves half of it, which no text in UTF-8 can hold. */
function cut(text: string, most: number): string {
  return (text.length > most ? `${text.slice(0, most - 3)}...` : text).toWellFormed();
}

/** A record as whoever asks for failures gets it. */
export function recordOfFailure({ key, name, message, code, attempts, time }: StoredFailure, hash: string | null): FailureRecord {
  return { key: keyOf(key), hash, name, message, code, attempts, time: new Date(time) };
}

/** The text of records, a line each. */
export function failureLines(failures: Iterable<StoredFailure>): Buffer {
  return Buffer.from(Array.from(failures, (failure) => `${JSON.stringify(failure)}\n`).join(''));
}

/** The records of a text; undefined for one that is damaged. */
export function parseFailures(text: string): StoredFailure[] | undefined {
  try {
    const failures = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as StoredFailure);
    return failures.every(isFailure) ? failures : undefined;
  } catch {
    return undefined;
  }
}

function isFailure({ key, high, low, name, message, code, attempts, time }: Partial<StoredFailure>): boolean {
  const texts = [key, name, message, code ?? ''].every((text) => typeof text === 'string');
  return texts && [high, low, attempts, time].every((number) => typeof number === 'number');
}
