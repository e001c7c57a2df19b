import { CheckpointManager } from '../../api/checkpoint-manager.js';
import type { ForgetOptions } from '../../resume/forget/forget-options.js';
import type { RowKey } from '../../resume/row-key.js';
import type { CommonOptions, Run } from '../context.js';
import { needDirectory } from '../directory/folder.js';
import { EXIT } from '../exit-codes.js';
import { plural } from '../output/quantities.js';
import { printable } from '../output/printable.js';
import { whereOf } from '../rows/where-of.js';

/** Options of `forget`. */
interface ForgetFlags extends CommonOptions {
  key?: readonly string[];
  where?: readonly string[];
  hash?: string;
}

/** `forget DIR STEP OPERATION`: removes the results of single rows. */
export const run: Run<ForgetFlags> = async (context, [directory = '', step = '', operation = ''], { key, where = [], hash }) => {
  await needDirectory(directory);
  const filter = whereOf(where);
  const options: ForgetOptions = {
    ...(key !== undefined && { keys: key.map(keyOf) }),
    ...(filter !== undefined && { where: filter }),
    ...(hash !== undefined && { hash }),
  };
  const { output, json } = context;
  const rows = await new CheckpointManager(directory, { logger: false }).forget(step, operation, options);
  if (json) await output.document({ directory, step, operation, rows });
  else if (rows === 0) await output.line(`${output.colours.green('✓')} No results of such rows: ${printable(`${step}/${operation}`)}`);
  else await output.line(`${output.colours.green('✓')} Forgotten: ${plural(rows, 'row')} of ${printable(`${step}/${operation}`)}`);
  return EXIT.fine;
};

/** What is no key is refused where it is used. */
function keyOf(text: string): RowKey {
  if (/^-?\d+n$/.test(text)) return BigInt(text.slice(0, -1));
  if (text === '-0') return -0;
  try {
    return JSON.parse(text) as RowKey;
  } catch {
    return text;
  }
}
