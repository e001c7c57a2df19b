import { crc32c } from '../../lib/base/crc32c.js';

const KEY = 'arrow-ckpt.footer-crc32c';
const ZEROS = Buffer.from('00000000');

/** Sets the footer's checksum anew: a file that was changed on purpose then passes for one that was written so. See FORMAT.md. */
export function sealFooter(file: Buffer): Buffer {
  const end = file.length - 8;
  const footer = file.subarray(end - file.readUInt32LE(end), end);
  // Behind the key's bytes one byte of field header and one of length, then the digits.
  const digits = footer.lastIndexOf(KEY) + KEY.length + 2;
  ZEROS.copy(footer, digits);
  footer.write((crc32c(footer) >>> 0).toString(16).padStart(8, '0'), digits, 'latin1');
  return file;
}
