import { setOwn } from '../../base/build.js';
import { checkRow } from '../../base/rows-source.js';
import type { Pace } from '../../base/pace.js';
import type { Row } from '../../base/rows.js';
import type { Encoded } from '../codec.js';
import { pythonJson } from '../python-json.js';
import { notCompatible } from '../not-compatible.js';
import { KuraCheck, PROGRAM } from './check.js';
import { FILLER, MISSING } from './decode.js';
import { modelOfRow, MODELS, type KuraField, type KuraModel } from './models.js';

/** Rows with more different orders of keys than a file can tell apart would become JSON text, in which Kura finds no columns. */
const MAX_ORDERS = 4000;

/**
 * The rows whose columns Kura's ParquetCheckpointManager reads back as these rows, under pandas 2 and 3: `read_table(...).to_pandas()`, row
 * by row, `json.loads` of some columns, then the class. pandas 3 gives NaN, which the class refuses, for a null in a column of strings and
 * for one in a row of which all else is text. So
 * - where a list may be null there is JSON text in each row;
 * - a column of text with nulls is of bytes, which the class takes for text;
 * - where a row is nothing but text and nulls, all rows get a {@link FILLER}, which Kura does not look at.
 */
export async function encodeRows(rows: readonly Row[], pace: Pace): Promise<Encoded> {
  if (rows.length === 0) return { rows: [], samples: [] };
  const model = modelOf(checkRow(rows[0], 0));
  const withNulls = await checkRows(rows, model, pace);
  const encoder = new RowEncoder(model, withNulls);
  const encoded: Row[] = [];
  for (const [index, row] of rows.entries()) {
    encoded.push(encoder.row(row, index));
    if (pace.due) await pace.turn();
  }
  if (encoder.needsFiller) for (const row of encoded) row[FILLER] = true;
  return { rows: encoded, samples: [encoder.sample(encoded[0] as Row)] };
}

function modelOf(row: Row): KuraModel {
  const model = modelOfRow(row);
  if (model !== undefined) return model;
  // Most keys of one type: what is missing says more than that it is none.
  const near = MODELS.find(({ fields }) => fields.filter(({ name }) => Object.hasOwn(row, name)).length * 2 > fields.length);
  if (near !== undefined) return near;
  throw notCompatible(PROGRAM, 0, '', `none of its ${MODELS.map(({ name }) => name).join(', ')}`);
}

/** Looks at all rows; gives the columns of text in which there are nulls. */
async function checkRows(rows: readonly Row[], model: KuraModel, pace: Pace): Promise<ReadonlySet<string>> {
  const check = new KuraCheck(model, 'refuse');
  const withNulls = new Set<string>();
  const orders = new Set<string>();
  for (const [index, row] of rows.entries()) {
    check.row(checkRow(row, index), index);
    for (const { name, storage } of model.fields) if (storage === 'optional text' && (row[name] ?? null) === null) withNulls.add(name);
    orders.add(Object.keys(row).join());
    if (orders.size > MAX_ORDERS) throw notCompatible(PROGRAM, index, '', `a row in one more than ${MAX_ORDERS} orders of keys`);
    if (pace.due) await pace.turn();
  }
  return withNulls;
}

class RowEncoder {
  /** A row was nothing but text and nulls. */
  needsFiller = false;
  readonly #fields: ReadonlyMap<string, KuraField>;
  readonly #withNulls: ReadonlySet<string>;

  constructor(model: KuraModel, withNulls: ReadonlySet<string>) {
    this.#fields = new Map(model.fields.map((field) => [field.name, field]));
    this.#withNulls = withNulls;
  }

  row(row: Row, index: number): Row {
    const made: Row = {};
    let onlyText = this.#withNulls.size > 0 || this.#fields.has('embedding');
    for (const key of Object.keys(row)) {
      const value = this.#value(this.#fields.get(key) as KuraField, row[key], index);
      if (typeof value !== 'string' && value !== null) onlyText = false;
      setOwn(made, key, value);
    }
    for (const [name, { storage }] of this.#fields) if (storage === 'optional json' && !Object.hasOwn(row, name)) made[name] = MISSING;
    this.needsFiller ||= onlyText;
    return made;
  }

  #value({ name, storage }: KuraField, value: unknown, row: number): unknown {
    if (storage === 'json' || storage === 'optional json') return pythonJson(value, { program: PROGRAM, row, path: name });
    if (typeof value === 'string') {
      if (!value.isWellFormed()) throw notCompatible(PROGRAM, row, name, 'text with a lone surrogate');
      return this.#withNulls.has(name) ? Buffer.from(value) : value;
    }
    return storage === 'floats' && value !== null ? Float64Array.from(value as number[]) : value;
  }

  /** A row that shows the types of all columns: one of nulls only, or of no row at all, must be there and be of its type. */
  sample(first: Row): Row {
    const made: Row = {};
    for (const name of new Set([...Object.keys(first), ...this.#fields.keys()])) {
      const storage = this.#fields.get(name)?.storage;
      if (storage === 'floats') made[name] = new Float64Array(0);
      else if (storage === 'number') made[name] = 0;
      else if (storage === undefined || storage === 'none') {
        if (Object.hasOwn(first, name)) made[name] = first[name];
      } else made[name] = this.#withNulls.has(name) ? new Uint8Array(0) : '';
    }
    return made;
  }
}
