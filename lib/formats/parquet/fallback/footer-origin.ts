/** Keys of the footer, as in crates/arrow-ckpt/src/format.rs. */
const KEY_PREFIX = 'arrow-ckpt.';
const KEY_FOOTER_CRC = 'arrow-ckpt.footer-crc32c';
const NAME = Buffer.from('arrow-ckpt');
/** So many letters of the name must stand in their place. Damage may have changed the others; no other writer's name is so near. */
const NAME_LETTERS = 5;
/**
 * In a footer of ours, the bytes between the last key and the text of `created_by`: header, length and digits of the checksum, the
 * key-value's end, the text's header and length.
 */
const KEY_TO_CREATED_BY = 2 + 8 + 1 + 2;

/**
 * Whether a footer is ours, damaged ones included, by its Thrift bytes alone: see `is_footer_ours` of crates/arrow-ckpt/src/format.rs, and
 * FORMAT.md, 9.
 */
export function isFooterOurs(thrift: Buffer): boolean {
  const key = thrift.lastIndexOf(KEY_FOOTER_CRC);
  if (key < 0) return false;
  const behind = thrift.subarray(key + KEY_FOOTER_CRC.length + KEY_TO_CREATED_BY);
  // Where another program has put the keys in another order, the next of them may stand there.
  return isNameOurs(behind) && behind.toString('latin1', 0, KEY_PREFIX.length) !== KEY_PREFIX;
}

/**
 * The same of a footer that has been read: another program that rewrites a file may carry our keys over, but it writes a name of its own.
 */
export function isWriterOurs(createdBy: string | undefined, keys: readonly string[]): boolean {
  if (createdBy !== undefined && isNameOurs(Buffer.from(createdBy))) return true;
  return keys.some((key) => key.startsWith(KEY_PREFIX)) && !isName(createdBy);
}

function isNameOurs(createdBy: Buffer): boolean {
  return NAME.filter((letter, index) => createdBy[index] === letter).length >= NAME_LETTERS;
}

/** Whether a program may have named itself so. Where the keys are ours and the name is not even one, it is damaged. */
function isName(createdBy: string | undefined): boolean {
  return createdBy !== undefined && createdBy !== '' && !/[\p{Cc}\ufffd]/u.test(createdBy);
}
