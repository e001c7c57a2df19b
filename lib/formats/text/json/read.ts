import type { FileHandle } from 'node:fs/promises';
import { CheckpointError } from '../../../base/errors.js';
import type { FileHead } from '../../../store/origin.js';
import type { CheckpointInfo, ReadOptions } from '../../../options/options.js';
import type { Row } from '../../../base/rows.js';
import { ENDS_WITH_ATTACHMENT } from './attachment.js';
import { truncated } from './damage.js';
import { JSON_VERSION } from './envelope.js';
import type { EnvelopeHeader } from './form.js';
import { readHead, readTail } from './head.js';
import { groupBatches, withFile, type RowGroups } from './row-groups.js';
import { RowReader } from './row-reader.js';
import { RowScanner } from './row-scanner.js';
import type { FileWindow } from './window.js';

/** The rows of a JSON checkpoint, or of any JSON array of objects, in batches of about a megabyte of text. */
export function jsonBatches(path: string, options: ReadOptions, chunkBytes?: number): AsyncGenerator<Row[], void, undefined> {
  return groupBatches(path, options, rowGroups, chunkBytes);
}

async function rowGroups(window: FileWindow): Promise<RowGroups> {
  const header = await readHead(window);
  const reader = new RowReader(window, header?.escapes === true);
  const next = async (): Promise<Row[] | undefined> => {
    const rows = await reader.next();
    if (rows !== undefined) return rows;
    await readTail(window, header !== null);
    if (header !== null && header.rows !== reader.rows) {
      const message = `${window.path} is damaged: its header says ${header.rows} rows, but there are ${reader.rows}`;
      throw new CheckpointError('ERR_CKPT_CORRUPT', message, { path: window.path });
    }
    return undefined;
  };
  return { totalRows: header?.rows, next };
}

/** What the head of a JSON checkpoint says; a bare array has none. */
export function jsonHead(path: string): Promise<FileHead> {
  return withFile(path, async (window) => headOf(await readHead(window)));
}

/** What a header of JSON or JSONL says of the file. */
export function headOf(header: EnvelopeHeader | null): FileHead {
  if (header === null) return { hash: null, metadata: {} };
  const { hash, metadata } = header;
  // A header of another version would have been refused: there is only one so far.
  return { hash, metadata, origin: { createdBy: null, formatVersion: JSON_VERSION, compat: null, checksums: false } };
}

/** What is known of a JSON checkpoint. An envelope says it in its head; a bare array is scanned for the number of its rows. */
export function jsonInfo(path: string): Promise<CheckpointInfo> {
  return withFile(path, async (window, handle) => {
    const header = await readHead(window);
    const { size: bytes } = await handle.stat();
    if (header === null) {
      const rows = await countRows(window);
      return { path, format: 'json', rows, bytes, hash: null, metadata: {}, columns: [], delta: null };
    }
    if (!(await hasEnd(handle, bytes))) throw truncated(window, header.rows, bytes);
    const { rows, hash, metadata } = header;
    return { path, format: 'json', rows, bytes, hash, metadata, columns: [], delta: null };
  });
}

async function countRows(window: FileWindow): Promise<number> {
  const scanner = new RowScanner(window, 0);
  while ((await scanner.next()) !== undefined);
  await readTail(window, false);
  return scanner.rows;
}

/** As much as can be seen of the end of an envelope without reading its rows: a cut behind a row that ends in a list looks alike. */
async function hasEnd(handle: FileHandle, size: number): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, Math.max(0, size - 64));
  const end = buffer.toString('latin1', 0, bytesRead);
  return /\]\s*\}\s*$/.test(end) || ENDS_WITH_ATTACHMENT.test(end);
}
