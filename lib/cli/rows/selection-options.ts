import type { Compat } from '../../options/compat.js';
import { invalid } from '../../base/messages.js';
import { checkReadOptions, type ReadOptions } from '../../options/options.js';
import type { CommonOptions } from '../context.js';
import { whereOf } from './where-of.js';

/** Options of the commands that read rows, as commander gives them. */
export interface SelectionOptions extends CommonOptions {
  columns?: readonly string[];
  where?: readonly string[];
  unknownColumns?: 'error' | 'missing';
  offset?: number;
  limit?: number;
}

/**
 * The read options of a command, checked.
 * @param compat the program that may have written the file
 */
export function readOptionsOf(
  { columns, where = [], unknownColumns, offset, limit }: SelectionOptions,
  compat: Compat | undefined,
): ReadOptions {
  const names = columns?.flatMap(namesOf);
  const filter = whereOf(where);
  return checkReadOptions({
    ...(names !== undefined && { columns: names }),
    ...(filter !== undefined && { where: filter }),
    ...(unknownColumns !== undefined && { unknownColumns }),
    ...(offset !== undefined && { offset }),
    ...(limit !== undefined && { limit }),
    ...(compat !== undefined && { compat }),
  });
}

/** `a,b`, or a JSON array for names with commas: `["a,b","c"]`. */
export function namesOf(text: string): string[] {
  if (!text.startsWith('[')) return text.split(',');
  try {
    const names: unknown = JSON.parse(text);
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  } catch {
    // Told below.
  }
  throw invalid(`columns that begin with a bracket must be a JSON array of names, got ${text}`);
}
