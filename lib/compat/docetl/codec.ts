import type { CompatCodec, Decode, ForeignFile } from '../codec.js';
import { decodeValue } from './decode.js';
import { setOwn } from '../../base/build.js';
import type { Row } from '../../base/rows.js';

/**
 * DocETL's Parquet: that of the checkpoints of pull request 381, whose values stand in the columns as sentinels (`"__null__"`,
 * `["__empty_list__"]`,
 * `{"__empty_dict__": true}`, `"__mixed_list_json__:[1, null]"`), and that of the first code of pull request 380, which is only ever an
 * empty list.
 */
export const codec: CompatCodec = {
  encode: async (rows) => ({ rows: (await import('./encode-rows.js')).encodeRows(rows), samples: [] }),
  decoder,
};

function decoder({ ours, pandas, columns }: ForeignFile): Decode | undefined {
  if (ours || pandas !== undefined) return decodeRow;
  // `[]` of pull request 380: one row that says so.
  if (columns.length === 1 && columns[0]?.name === PLACEHOLDER) return (row) => (row[PLACEHOLDER] === 'empty' ? undefined : row);
  return undefined;
}

/** The one column of an empty list in pull request 380. */
export const PLACEHOLDER = '_placeholder';

function decodeRow(row: Row): Row {
  const made: Row = {};
  for (const key of Object.keys(row)) setOwn(made, key, decodeValue(row[key]));
  return made;
}
