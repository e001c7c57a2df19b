import { CHUNK_ROWS, Columniser, FIRST_CHUNK_ROWS } from '../columnar/write/columniser.js';
import { CheckpointError } from '../base/errors.js';
import { checkedRows } from '../base/rows-source.js';
import { show } from '../base/messages.js';
import type { Row, RowLike } from '../base/rows.js';
import { located } from '../base/value/located.js';
import { isRevoked } from '../base/value/is-revoked.js';
import type { CheckpointSchema } from '../options/checkpoint-schema.js';
import { describeRows } from './describe-rows.js';
import { SeenRows } from './seen.js';

/**
 * The schema of rows: what {@link writeCheckpoint} without a schema makes of each column, and why. It looks at all rows with the same code,
 * in chunks of the same size (a save may take smaller ones where texts are long), and takes as long as a save, on the main thread without a
 * turn of the event loop. Nothing is written.
 *
 * ```ts
 * inferSchema([{ id: 1, tags: ['a'] }, { id: 2.5 }]).columns;
 * // [{ name: 'id', type: 'number', stored: 'double', ... },
 * //  { name: 'tags', type: 'list', optional: true, element: { type: 'string', ... } }]
 * ```
 *
 * The result can be the `schema` of saves and loads. It asks for the types that most values have: rows with `irregular` values do not fit
 * it. @throws `ERR_CKPT_ROWS_NOT_ITERABLE`, `ERR_CKPT_ROW_NOT_OBJECT`, `ERR_CKPT_UNSUPPORTED_VALUE`, `ERR_CKPT_TOO_DEEP` as a save
 */
export function inferSchema<T extends RowLike = RowLike>(rows: Iterable<NoInfer<T>>): CheckpointSchema {
  if (typeof rows !== 'object' || rows === null || isRevoked(rows) || typeof rows[Symbol.iterator] !== 'function') {
    throw new CheckpointError('ERR_CKPT_ROWS_NOT_ITERABLE', `rows must be an array or an iterable of plain objects, got ${show(rows)}`);
  }
  const columniser = new Columniser();
  const seen = new SeenRows();
  let chunk: Row[] = [];
  const look = (): void => {
    try {
      columniser.fill(chunk, 0, chunk.length, seen.rows);
    } catch (error) {
      throw located(error, (row) => chunk[row - seen.rows]);
    }
    columniser.countIrregular(seen.irregular);
    seen.add(chunk);
    chunk = [];
  };
  for (const row of checkedRows(rows)) {
    chunk.push(row);
    if (chunk.length === (seen.rows === 0 ? FIRST_CHUNK_ROWS : CHUNK_ROWS)) look();
  }
  if (chunk.length > 0) look();
  return describeRows(columniser.plan(), seen);
}
