import { open, type FileHandle } from 'node:fs/promises';
import { fromSystemError } from '../../../base/errors.js';
import { damaged } from '../../parquet/attachment.js';
import { crc32c, crcText } from '../../../base/crc32c.js';

/**
 * An attachment in a file of JSON: a last member of the envelope, `,"attachment":"<base64>.<crc32c>"}`, so that JSON tools that look for
 * the rows do not meet it. Found from the end of the file: base64 holds no quotation mark.
 */
export const ATTACHMENT_HEAD = ',"attachment":"';
export const ATTACHMENT_END = '"}\n';
/** The end of a file that has one. */
export const ENDS_WITH_ATTACHMENT = /\.[0-9a-f]{8}"\}\s*$/;

/** Read at a time; four characters are three bytes. */
const PIECE = 1 << 18;
const CRC = '.00000000'.length;

/** The texts of an attachment, from its pieces: what stands between head and end. */
export async function* attachmentTexts(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let crc = 0;
  let left = Buffer.alloc(0);
  for await (const piece of pieces) {
    crc = crc32c(piece, crc);
    const bytes = Buffer.concat([left, piece]);
    const whole = bytes.length - (bytes.length % 3);
    yield bytes.toString('base64', 0, whole);
    left = bytes.subarray(whole);
  }
  yield `${left.toString('base64')}.${crcText(crc)}`;
}

/** The bytes of the attachment of a file of JSON: see `CheckpointStore.attachment`. */
export async function* jsonAttachment(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      yield* attached(handle, path);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
}

async function* attached(handle: FileHandle, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { size } = await handle.stat();
  const tail = await text(handle, Math.max(0, size - 64), size);
  const match = ENDS_WITH_ATTACHMENT.exec(tail);
  if (match === null) return;
  const end = size - (tail.length - match.index);
  const start = await quoteBefore(handle, end);
  if (start < ATTACHMENT_HEAD.length || (await text(handle, start - ATTACHMENT_HEAD.length, start)) !== ATTACHMENT_HEAD)
    throw damaged(path, 'nothing says where it begins');
  let crc = 0;
  for (let at = start; at < end; at += PIECE) {
    const piece = Buffer.from(await text(handle, at, Math.min(at + PIECE, end)), 'base64');
    crc = crc32c(piece, crc);
    yield piece;
  }
  if (crcText(crc) !== match[0].slice(1, CRC)) throw damaged(path, 'its checksum does not match');
}

/** The place behind the last quotation mark before `end`; 0 for none. */
async function quoteBefore(handle: FileHandle, end: number): Promise<number> {
  for (let to = end; to > 0; to -= PIECE) {
    const from = Math.max(0, to - PIECE);
    const at = (await text(handle, from, to)).lastIndexOf('"');
    if (at >= 0) return from + at + 1;
  }
  return 0;
}

async function text(handle: FileHandle, from: number, to: number): Promise<string> {
  const buffer = Buffer.allocUnsafe(to - from);
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.toString('latin1', 0, filled);
}
