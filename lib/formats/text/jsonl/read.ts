import type { FileHandle } from 'node:fs/promises';
import { CheckpointError, isCheckpointError } from '../../../base/errors.js';
import type { FileHead } from '../../../store/origin.js';
import type { EnvelopeHeader } from '../json/form.js';
import { headOf } from '../json/read.js';
import { groupBatches, withFile, type RowGroups } from '../json/row-groups.js';
import { parseForeign } from '../../../base/value/lenient-json.js';
import type { FileWindow } from '../json/window.js';
import type { CheckpointInfo, ReadOptions } from '../../../options/options.js';
import type { Row } from '../../../base/rows.js';
import { brokenLine, notLines } from './damage.js';
import { readHeader } from './header.js';
import { LineReader, mayBeRow } from './line-reader.js';
import { eachLine, isBlank, nextLines } from './lines.js';

/**
 * What to do with a file that ends too early, in the middle of a line or before the number of rows that its header says. Given, it gets the
 * error, and the rows before are those of the file. A file without a whole row is an error all the same.
 */
export type OnTorn = (error: CheckpointError, rows: number) => void;

/** The rows of a JSONL file, whoever wrote it, in batches of about half a megabyte of text. */
export function linesBatches(
  path: string,
  options: ReadOptions,
  onTorn?: OnTorn,
  chunkBytes?: number,
): AsyncGenerator<Row[], void, undefined> {
  return groupBatches(path, options, (window) => rowGroups(window, onTorn), chunkBytes);
}

async function rowGroups(window: FileWindow, onTorn: OnTorn | undefined): Promise<RowGroups> {
  const header = await readHeader(window);
  const reader = new LineReader(window, { escapes: header?.escapes === true, line: header === null ? 0 : 1 });
  const next = async (): Promise<Row[] | undefined> => {
    try {
      const rows = await reader.next();
      if (rows === undefined && header !== null) checkCount(header, reader.rows, window.path);
      return rows;
    } catch (error) {
      if (onTorn === undefined || reader.rows === 0 || !isCheckpointError(error) || error.code !== 'ERR_CKPT_TRUNCATED') throw error;
      onTorn(error, reader.rows);
      return undefined;
    }
  };
  return { totalRows: header?.rows, next };
}

function checkCount({ rows }: EnvelopeHeader, found: number, path: string): void {
  if (rows === found) return;
  const isShort = found < rows;
  const what = `its header says ${rows} rows, but there are ${found}`;
  const message = isShort ? `${path} ends too early: ${what}; save it again` : `${path} is damaged: ${what}`;
  throw new CheckpointError(isShort ? 'ERR_CKPT_TRUNCATED' : 'ERR_CKPT_CORRUPT', message, { path, ...(isShort && { row: found }) });
}

/** What the header of a JSONL checkpoint says; a file without one says nothing. */
export function linesHead(path: string): Promise<FileHead> {
  return withFile(path, async (window) => {
    const header = await readHeader(window);
    if (header === null && (await window.peek()) !== -1 && !mayBeRow(window.bytes.subarray(window.start, window.end)))
      throw notLines(window);
    return headOf(header);
  });
}

/** What is known of a JSONL checkpoint. A header says it; without one the lines are counted, and only the last is looked at. */
export function linesInfo(path: string): Promise<CheckpointInfo> {
  return withFile(path, async (window, handle) => {
    const header = await readHeader(window);
    const { size: bytes } = await handle.stat();
    if (header !== null && !(await hasEnd(handle, bytes))) {
      const message = `${path} ends too early, at byte ${bytes}, in the middle of a line; save it again`;
      throw new CheckpointError('ERR_CKPT_TRUNCATED', message, { path });
    }
    const { hash = null, metadata = {} } = header ?? {};
    return { path, format: 'jsonl', rows: header?.rows ?? (await countRows(window)), bytes, hash, metadata, columns: [], delta: null };
  });
}

async function countRows(window: FileWindow): Promise<number> {
  let rows = 0;
  let line = 0;
  for (let lines = await nextLines(window); lines !== undefined; lines = await nextLines(window)) {
    for (const one of eachLine(window.bytes, lines)) {
      line++;
      if (isBlank(window.bytes, one)) continue;
      if (rows === 0 && !mayBeRow(window.bytes.subarray(one.from, one.to))) throw notLines(window);
      try {
        if (one.isOpen) parseForeign(window.bytes.toString('utf8', one.from, one.to));
      } catch (cause) {
        throw brokenLine(window, one, { line, row: rows }, cause);
      }
      rows++;
    }
  }
  return rows;
}

/** As much as can be seen of the end without reading the rows. */
async function hasEnd(handle: FileHandle, size: number): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, Math.max(0, size - 64));
  return /\n$|\}\s*$/.test(buffer.toString('latin1', 0, bytesRead));
}
