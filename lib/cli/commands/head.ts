import type { Run } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { readOptionsOf } from '../rows/selection-options.js';
import { printRows, type CatOptions } from './cat.js';

/** Options of `head`. */
interface HeadOptions extends Pick<CatOptions, 'json' | 'quiet' | 'columns' | 'compat'> {
  rows: number;
}

/** `head FILE`: the first rows as JSON Lines. */
export const run: Run<HeadOptions> = async (context, [path = ''], { rows, compat, ...options }) => {
  await printRows(context, path, readOptionsOf({ ...options, limit: rows }, compat));
  return EXIT.fine;
};
