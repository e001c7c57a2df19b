import type { Compat } from '../../options/compat.js';
import type { ReadOptions } from '../../options/options.js';
import { storeAt } from '../../formats/remote/store-at.js';
import type { Context, Run } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../output/printable.js';
import { mapText, partialMap } from '../rows/partial-rows.js';
import { RowText } from '../rows/row-text.js';
import { readOptionsOf, type SelectionOptions } from '../rows/selection-options.js';

/** Options of `cat`. */
export interface CatOptions extends SelectionOptions {
  compat?: Compat;
}

/** `cat FILE`: rows as JSON Lines, in bounded memory; of a map that has no checkpoint yet the results so far. */
export const run: Run<CatOptions> = async (context, [path = ''], options) => {
  await printRows(context, path, readOptionsOf(options, options.compat));
  return EXIT.fine;
};

/** Prints the rows of a checkpoint, a line of JSON each. */
export async function printRows({ output, signal }: Context, path: string, options: ReadOptions): Promise<void> {
  const partial = await partialMap(path);
  if (partial !== undefined) output.note(mapText(partial.map));
  const source = partial ?? { batches: async (wanted: ReadOptions) => (await storeAt(path)).batches(path, wanted) };
  const text = new RowText();
  // What `printable` makes of a character is an escape of JSON, too: the same rows.
  const shown = output.isTerminal ? printable : (line: string): string => line;
  let rows = 0;
  for await (const batch of await source.batches({ ...options, signal })) {
    await output.write(batch.map((row) => `${shown(text.line(row, rows++))}\n`).join(''));
  }
}
