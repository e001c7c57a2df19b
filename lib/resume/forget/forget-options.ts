import { isCheckpointError } from '../../base/errors.js';
import { invalid, show } from '../../base/messages.js';
import type { Row, RowLike } from '../../base/rows.js';
import { itemsOf } from '../../base/value/items-of.js';
import { keysOf } from '../../options/option-keys.js';
import { asOptions, checkKeys } from '../../options/options.js';
import { parseWhere, type Filter, type Where } from '../../options/where.js';
import { checkHash } from '../map-options.js';
import { textOfKey, type RowKey } from '../row-key.js';

/** Options of {@link CheckpointManager.forget}: `keys`, `where`, or both, and then both must hold. */
export interface ForgetOptions<T extends RowLike = Row> {
  /**
   * The keys of rows of the input, as the `map` had them.
   *
   * Without `where` their recorded failures are forgotten, too.
   * @default any
   */
  keys?: readonly RowKey[];
  /** Rows of the input of which a result is like this: the `where` of a load. @default any */
  where?: Where<T>;
  /** Only results that were made with this hash. @default any */
  hash?: string;
}

/** The same, checked. */
export interface CheckedForget {
  /** The texts of the keys. */
  keys: readonly string[] | undefined;
  where: Filter | undefined;
  hash: string | undefined;
}

const KEYS = keysOf<ForgetOptions>({ keys: true, where: true, hash: true });

/** @throws `ERR_CKPT_INVALID_OPTION`: without `keys` and `where` all would be forgotten */
export function checkForgetOptions<T extends RowLike>(given: ForgetOptions<T>): CheckedForget {
  const options = asOptions(given, 'forget') as ForgetOptions<T>;
  checkKeys(options, KEYS, 'forget');
  const { keys, where, hash } = options;
  checkHash(hash);
  if (keys === undefined && where === undefined)
    throw invalid('forget needs keys or where: which rows to forget. All of an operation are removed by deleteCheckpoint');
  return { keys: keys === undefined ? undefined : textsOf(keys), where: where === undefined ? undefined : parseWhere(where), hash };
}

function textsOf(keys: unknown): string[] {
  const items = itemsOf(keys);
  if (items === undefined) throw invalid(`keys must be an array of keys, got ${show(keys)}`);
  return items.map((key, index) => {
    try {
      return textOfKey(key, index);
    } catch (error) {
      if (!isCheckpointError(error)) throw error;
      const wanted = 'a key is a string, a number, a bigint, a boolean or an array of these';
      throw invalid(`keys[${index}] must be the key of a row, got ${show(key)}; ${wanted}`);
    }
  });
}
