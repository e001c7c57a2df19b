import { CheckpointError, isCheckpointError } from '../../../../base/errors.js';
import { Pace } from '../../../../base/pace.js';
import { apachePart } from './apache-part.js';
import type { ArrowPart } from './arrow-part.js';
import type { ArrowTable } from './arrow-table.js';
import { flechettePart, type FlechetteBatch } from './flechette-part.js';
import { ipcFields } from './ipc-schema.js';
import { IpcWriter } from './ipc-writer.js';

const COPIED_BYTES = 1 << 20;

/**
 * A table as the bytes of an IPC stream. Its own library is not needed: both give the parts that their columns consist of.
 * @throws `ERR_CKPT_ARROW` for types that checkpoints do not have, and for what is no table after all
 */
export async function tableBytes(table: ArrowTable, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const pace = new Pace(signal === undefined ? {} : { signal });
  const pieces: Uint8Array[] = [];
  try {
    const writer = new IpcWriter(ipcFields(table.schema.fields));
    pieces.push(...writer.schema());
    for (const { rows, columns } of batchesOf(table)) {
      for (const piece of writer.batch(rows, columns)) pieces.push(piece);
      if (pace.due) await pace.turn();
    }
    pieces.push(...writer.end());
  } catch (error) {
    if (isCheckpointError(error) || signal?.aborted === true) throw error;
    const message = `the Arrow table cannot be read: ${String(error)}; give its bytes: tableToIPC(table, 'stream'), of the library that made it`;
    throw new CheckpointError('ERR_CKPT_ARROW', message, { cause: error });
  }
  return joined(pieces, pace);
}

function* batchesOf(table: ArrowTable): Generator<{ rows: number; columns: ArrowPart[] }> {
  if ('batches' in table) {
    for (const { numRows, data } of table.batches) yield { rows: numRows, columns: data.children.map(apachePart) };
    return;
  }
  const columns = table.children.map(({ data }) => data);
  for (const [index, { length }] of (columns[0] ?? []).entries()) {
    const batch = columns.map((column) => column[index]);
    if (columns.some((column) => column.length !== columns[0]?.length) || batch.some((part) => part?.length !== length))
      throw new CheckpointError(
        'ERR_CKPT_ARROW',
        'the columns of the Arrow table have batches of other sizes; make it of columns with one batch',
      );
    yield { rows: length, columns: batch.map((part) => flechettePart(part as FlechetteBatch)) };
  }
}

async function joined(pieces: readonly Uint8Array[], pace: Pace): Promise<Uint8Array> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; from += COPIED_BYTES) {
      const part = piece.subarray(from, from + COPIED_BYTES);
      whole.set(part, at);
      at += part.length;
      if (pace.due) await pace.turn();
    }
  }
  return whole;
}
