import { open, type FileHandle } from 'node:fs/promises';
import { CheckpointError, fromSystemError } from '../errors.js';
import type { FileHead } from '../files/origin.js';
import { Pace } from '../files/pace.js';
import type { CheckpointInfo, ReadOptions } from '../options.js';
import type { Row } from '../rows.js';
import { truncated } from './damage.js';
import { JSON_VERSION } from './envelope.js';
import { readHead, readTail } from './head.js';
import { Projection } from './projection.js';
import { RowReader } from './row-reader.js';
import { RowScanner } from './row-scanner.js';
import { FileWindow } from './window.js';

/** The rows of a JSON checkpoint, or of any JSON array of objects, in batches of about a megabyte of text. */
export async function* jsonBatches(path: string, options: ReadOptions, chunkBytes?: number): AsyncGenerator<Row[], void, undefined> {
  const pace = new Pace(options);
  pace.check();
  const projection = options.columns === undefined ? undefined : new Projection(options.columns);
  const handle = await openFile(path);
  try {
    const window = new FileWindow(handle, path, chunkBytes);
    const header = await readHead(window);
    pace.totalRows = header?.rows;
    const reader = new RowReader(window, header?.escapes === true);
    for (let rows = await reader.next(); rows !== undefined; rows = await reader.next()) {
      yield projection === undefined ? rows : rows.map((row) => projection.of(row));
      pace.advance(rows.length);
      await pace.turn();
    }
    await readTail(window, header !== null);
    if (header !== null && header.rows !== reader.rows) {
      const message = `${path} is damaged: its header says ${header.rows} rows, but there are ${reader.rows}`;
      throw new CheckpointError('ERR_CKPT_CORRUPT', message, { path });
    }
    projection?.check(path);
    pace.finish();
  } catch (error) {
    if (options.signal?.aborted === true) throw options.signal.reason;
    throw fromSystemError(error, 'read', path);
  } finally {
    await handle.close();
  }
}

/** What is known of a JSON checkpoint. An envelope says it in its head; a bare array is scanned for the number of its rows. */
export async function jsonInfo(path: string): Promise<CheckpointInfo> {
  const handle = await openFile(path);
  try {
    const window = new FileWindow(handle, path);
    const header = await readHead(window);
    const { size: bytes } = await handle.stat();
    if (header === null) {
      const rows = await countRows(window);
      return { path, format: 'json', rows, bytes, hash: null, metadata: {}, columns: [] };
    }
    if (!(await hasEnd(handle, bytes))) throw truncated(window, header.rows, bytes);
    const { rows, hash, metadata } = header;
    return { path, format: 'json', rows, bytes, hash, metadata, columns: [] };
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  } finally {
    await handle.close();
  }
}

/** What the head of a JSON checkpoint says; a bare array has none. */
export async function jsonHead(path: string): Promise<FileHead> {
  const handle = await openFile(path);
  try {
    const header = await readHead(new FileWindow(handle, path));
    if (header === null) return { hash: null, metadata: {} };
    const { hash, metadata } = header;
    // A header of another version would have been refused: there is only one so far.
    return { hash, metadata, origin: { createdBy: null, formatVersion: JSON_VERSION, compat: null, checksums: false } };
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  } finally {
    await handle.close();
  }
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
  return /\]\s*\}\s*$/.test(buffer.toString('latin1', 0, bytesRead));
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
}
