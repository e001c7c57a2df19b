import type { Decode } from '../../compat/codec.js';
import { codecOf } from '../../compat/compat.js';
import type { Compat } from '../../options/compat.js';
import { KEY_PANDAS, type Footer } from './file-keys.js';
import type { FileColumn } from '../../columnar/logical-columns.js';

/**
 * What decodes the rows of a file of ours in another program's form, or of that program's own if the caller says that it may be one. A checkpoint of ours is in no other form
 * than the one that it says, whatever its columns look like.
 */
export function decodeOf(
  footer: Footer,
  columns: readonly FileColumn[],
  own: Compat | undefined,
  asked: Compat | undefined,
): Decode | undefined {
  const { ours } = footer;
  const compat = ours ? own : asked;
  return compat === undefined ? undefined : codecOf(compat).decoder({ columns, pandas: footer.keyValues[KEY_PANDAS], ours });
}
