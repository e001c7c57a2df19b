import { CheckpointError } from '../base/errors.js';
import { isError } from '../base/realm.js';
import { refused } from './question.js';

/** Why a question was ended, where it was not DuckDB that did it. */
export interface Ended {
  error: unknown;
}

/** What DuckDB throws as an error of ours. */
export function duckdbError(error: unknown, ended: Ended | undefined): unknown {
  if (ended !== undefined) return ended.error;
  if (error instanceof CheckpointError || !isError(error)) return error;
  const [message] = error.message.split(/\n\s*\n|\nLINE \d/, 1) as [string];
  const text = message.trim();
  if (text.startsWith('Out of Memory Error')) {
    const why = 'the question needs more memory than it may take; ask for less, or raise the option memory';
    return new CheckpointError('ERR_CKPT_SQL_LIMIT', `${why} (DuckDB: ${text.split('\n', 1)[0]})`, { cause: error });
  }
  if (text.startsWith('Permission Error')) return refused(`it reads what is no checkpoint (DuckDB: ${text})`);
  return new CheckpointError('ERR_CKPT_SQL', `DuckDB cannot run the question: ${text.replaceAll('\n', ' ')}`, { cause: error });
}

/** The error of a question that has run for as long as it may. */
export function timedOut(timeout: number): CheckpointError {
  const message = `the question took longer than ${timeout} ms; ask for less, or raise the option timeout`;
  return new CheckpointError('ERR_CKPT_SQL_LIMIT', message);
}
