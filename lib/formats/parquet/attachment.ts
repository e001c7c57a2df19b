import { open, type FileHandle } from 'node:fs/promises';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { crc32c, crcText } from '../../base/crc32c.js';
import { KEY_ATTACHMENT } from './file-keys.js';
import type { ParquetFacts } from './parquet-facts.js';

/** How much is read at a time. */
const PIECE_BYTES = 1 << 18;
/** How often another save may come in between a look at the footer and the opening of the file. */
const ATTEMPTS = 5;

interface Place {
  offset: number;
  bytes: number;
  crc32c: string;
}

/** The attachment of a Parquet file: see `CheckpointStore.attachment`. `factsOf` reads the footer, and compares its checksum. */
export async function* parquetAttachment(
  path: string,
  factsOf: (path: string) => Promise<ParquetFacts>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { facts, handle } = await openWithFacts(path, factsOf);
  try {
    const place = placeIn(facts);
    if (place === undefined) return;
    const end = place.offset + place.bytes;
    let crc = 0;
    for (let at = place.offset; at < end;) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - at));
      const { bytesRead } = await handle.read(piece, 0, piece.length, at);
      if (bytesRead === 0) throw damaged(path, 'the file became shorter while it was read');
      const read = piece.subarray(0, bytesRead);
      crc = crc32c(read, crc);
      at += bytesRead;
      yield read;
    }
    if (crcText(crc) !== place.crc32c) throw damaged(path, 'its checksum does not match');
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  } finally {
    await handle.close();
  }
}

/** Where in a file its attachment is; undefined where it has none. @throws `ERR_CKPT_CORRUPT` */
export function attachmentRange(facts: ParquetFacts): readonly [start: number, end: number] | undefined {
  const place = placeIn(facts);
  return place && [place.offset, place.offset + place.bytes];
}

/** The error of an attachment that is not what was written. */
export function damaged(path: string, why: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_CORRUPT', `${path}: the attachment is damaged: ${why}`, { path });
}

/** The file and its footer: of one file, although a save may replace it between the two. */
async function openWithFacts(
  path: string,
  factsOf: (path: string) => Promise<ParquetFacts>,
): Promise<{ facts: ParquetFacts; handle: FileHandle }> {
  for (let attempt = 1; ; attempt++) {
    const facts = await factsOf(path);
    try {
      const handle = await open(path, 'r');
      if ((await handle.stat()).size === facts.bytes || attempt === ATTEMPTS) return { facts, handle };
      await handle.close();
    } catch (error) {
      throw fromSystemError(error, 'read', path);
    }
  }
}

/** Another program that rewrote the file may have carried the key over, but not the bytes. */
function placeIn({ footer, path, bytes: size, ours }: ParquetFacts): Place | undefined {
  const text = footer.keyValues[KEY_ATTACHMENT];
  if (text === undefined || !ours) return undefined;
  let place: Partial<Place> | null;
  try {
    place = JSON.parse(text) as Partial<Place> | null;
  } catch {
    place = null;
  }
  const { offset, bytes, crc32c: crc } = place ?? {};
  const isPlace = Number.isSafeInteger(offset) && Number.isSafeInteger(bytes) && (offset as number) >= 0 && (bytes as number) >= 0;
  if (!isPlace || typeof crc !== 'string' || (offset as number) + (bytes as number) > size)
    throw damaged(path, 'the footer says that it is where nothing is');
  return place as Place;
}
