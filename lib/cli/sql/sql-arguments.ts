import { CheckpointError } from '../../base/errors.js';
import type { SqlSource } from '../../sql/sql-types.js';

/** No question begins so, and no path or URL with `=` further on: a name, and what it stands for. */
const NAMED = /^([^\s=<>'"()/\\:?]+)=(.+)$/s;

/** The sources and the question of `sql DIR [NAME=DIR ...] [QUERY]`. */
export function sqlArguments(args: readonly string[]): { source: SqlSource; query: string | undefined } {
  const [first = '', ...rest] = args;
  const named = new Map<string, string>();
  let query: string | undefined;
  const [, name, path] = NAMED.exec(first) ?? [];
  if (name !== undefined && path !== undefined) named.set(name, path);
  for (const arg of rest) {
    const [, other, place] = NAMED.exec(arg) ?? [];
    if (query !== undefined) throw wrong('the question must be the last argument, and in quotes');
    if (other === undefined || place === undefined) query = arg;
    else if (named.has(other)) throw wrong(`the name ${other} is there twice`);
    else named.set(other, place);
  }
  if (name === undefined && named.size > 0) throw wrong(`of several directories each has a name: NAME=${first}`);
  return { source: name === undefined ? first : Object.fromEntries(named), query };
}

function wrong(message: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `${message}; see --help`);
}
