import { CheckpointError } from '../../../base/errors.js';
import { KEY_VERSION, type Footer } from '../file-keys.js';
import { crc32c, crcText } from '../../../base/crc32c.js';

/** Keys of the footer, as in crates/arrow-ckpt/src/format.rs: checksums of the column chunks, and of the footer itself. */
const KEY_CHUNK_CRC = 'arrow-ckpt.crc32c';
export const KEY_FOOTER_CRC = 'arrow-ckpt.footer-crc32c';
const DIGITS = 8;
/** Thrift's compact protocol: field 2 of a key-value is a string, of 8 bytes. */
const VALUE_HEADER = [0x18, DIGITS];

/** Checks the footer of a checkpoint of ours: the CRC32C of its Thrift bytes with the checksum's own digits as zeros. */
export function checkFooter(footer: Uint8Array, path: string): void {
  const thrift = Buffer.from(footer.buffer, footer.byteOffset, footer.byteLength - 8);
  const digits = Math.max(0, thrift.lastIndexOf(KEY_FOOTER_CRC)) + KEY_FOOTER_CRC.length + VALUE_HEADER.length;
  const isThere = digits + DIGITS <= thrift.length && thrift[digits - 2] === VALUE_HEADER[0] && thrift[digits - 1] === VALUE_HEADER[1];
  const zeroed = crc32c(Buffer.from('0'.repeat(DIGITS)), crc32c(thrift.subarray(0, digits)));
  const sum = crc32c(thrift.subarray(digits + DIGITS), zeroed);
  if (isThere && crcText(sum) === thrift.toString('latin1', digits, digits + DIGITS)) return;
  throw new CheckpointError('ERR_CKPT_CORRUPT', `${path}: the footer is damaged (its checksum does not match)`, { path });
}

/** Throws for a checkpoint of ours without the checksums that each has: of its footer, and one for each of `chunks` column chunks. */
export function checkSumsAreThere(footer: Footer, chunks: number): void {
  const { keyValues, path } = footer;
  if (!footer.ours || keyValues[KEY_VERSION] === undefined) return;
  const corrupt = (message: string): CheckpointError => new CheckpointError('ERR_CKPT_CORRUPT', `${path} is damaged: ${message}`, { path });
  if (keyValues[KEY_FOOTER_CRC] === undefined) throw corrupt("its footer's checksum is missing");
  const all = keyValues[KEY_CHUNK_CRC];
  if (all === undefined) throw corrupt('the checksums of its columns are missing');
  if (all.length !== chunks * DIGITS || !/^[0-9a-f]*$/.test(all)) throw corrupt('the checksums of its columns are not one for each');
}

/** The checksum that a column chunk must have, in hex; undefined for files without. `index`: row group by row group, leaf by leaf. */
export function chunkChecksum({ keyValues, ours }: Footer, index: number): string | undefined {
  const all = ours ? keyValues[KEY_CHUNK_CRC] : undefined;
  return all?.slice(index * DIGITS, (index + 1) * DIGITS);
}

/** Throws unless the bytes of a chunk have the checksum. */
export function checkChunk(bytes: Uint8Array, checksum: string | undefined): void {
  if (checksum !== undefined && crcText(crc32c(bytes)) !== checksum) throw new Error("the column chunk's checksum does not match");
}
