import { CheckpointError } from '../../../base/errors.js';
import type { TextMode } from '../../../options/options.js';
import { leavesOf, type Field } from './fields.js';

const TEXTS: ReadonlySet<string> = new Set(['STRING', 'UTF8', 'ENUM', 'JSON']);

/** Has the texts of a file read as bytes, or as texts that need not be UTF-8. */
export function setTextMode(fields: readonly Field[], mode: TextMode): void {
  if (mode === 'strict') return;
  for (const field of fields) setVariantMode(field, mode);
  for (const leaf of fields.flatMap(leavesOf)) {
    const { logical_type: logical, converted_type: converted, ...element } = leaf.element;
    if (!TEXTS.has(logical?.type ?? converted ?? '')) continue;
    if (mode === 'bytes') leaf.element = element;
    else leaf.isLossy = true;
  }
}

function setVariantMode(field: Field, mode: TextMode): void {
  if (field.kind === 'leaf') return;
  if (field.kind !== 'struct') return setVariantMode(field.item, mode);
  if (field.variant !== undefined) field.variant = mode;
  for (const child of field.children) setVariantMode(child, mode);
}

/** The error of a text of another writer that is not UTF-8: it may have meant it. Undefined for any other error. */
export function textError(cause: unknown, path: string, column: string): CheckpointError | undefined {
  if ((cause as NodeJS.ErrnoException | undefined)?.code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') return undefined;
  const advice = "load it with text: 'lossy', which puts U+FFFD in place of such bytes, or text: 'bytes'";
  return new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', `${path}: column '${column}' has text that is not UTF-8; ${advice}`, {
    path,
    column,
    cause,
  });
}
