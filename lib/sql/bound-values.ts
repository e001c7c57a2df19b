import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { types } from 'node:util';
import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import { isValidDate } from '../base/realm.js';
import type { Duckdb } from './load-duckdb.js';

/** A value as DuckDB takes it. */
interface Bound {
  value: DuckDBValue;
  type: DuckDBType;
}

const INT64 = 2n ** 63n;
const INT128 = 2n ** 127n;

/** The values of a question for DuckDB. @throws `ERR_CKPT_INVALID_ARGUMENT` for one that it has no type for */
export function boundValues(values: readonly unknown[], duckdb: Duckdb): { values: DuckDBValue[]; types: DuckDBType[] } {
  const bound = values.map((value, index) => boundValue(value, `$${index + 1}`, duckdb));
  return { values: bound.map(({ value }) => value), types: bound.map(({ type }) => type) };
}

function boundValue(value: unknown, place: string, duckdb: Duckdb): Bound {
  if (value === null || value === undefined) return { value: null, type: duckdb.SQLNULL };
  if (typeof value === 'boolean') return { value, type: duckdb.BOOLEAN };
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return { value: BigInt(value), type: duckdb.BIGINT };
    return { value, type: duckdb.DOUBLE };
  }
  if (typeof value === 'bigint') return boundBigint(value, place, duckdb);
  if (typeof value === 'string') return { value, type: duckdb.VARCHAR };
  if (isValidDate(value)) {
    const micros = BigInt(Date.prototype.getTime.call(value)) * 1000n;
    return { value: new duckdb.DuckDBTimestampTZValue(micros), type: duckdb.TIMESTAMPTZ };
  }
  if (types.isUint8Array(value)) return { value: new duckdb.DuckDBBlobValue(new Uint8Array(value)), type: duckdb.BLOB };
  if (types.isFloat32Array(value)) return { value: new duckdb.DuckDBListValue([...value]), type: duckdb.LIST(duckdb.FLOAT) };
  if (types.isFloat64Array(value)) return { value: new duckdb.DuckDBListValue([...value]), type: duckdb.LIST(duckdb.DOUBLE) };
  if (Array.isArray(value)) return boundList(value, place, duckdb);
  throw wrong(place, `${show(value)} has no type in SQL; pass its parts, or JSON.stringify(value) and cast it: ${place}::json`);
}

function boundBigint(value: bigint, place: string, duckdb: Duckdb): Bound {
  if (value >= -INT64 && value < INT64) return { value, type: duckdb.BIGINT };
  if (value >= -INT128 && value < INT128) return { value, type: duckdb.HUGEINT };
  throw wrong(place, `${value}n has more than 128 bits`);
}

function boundList(list: readonly unknown[], place: string, duckdb: Duckdb): Bound {
  const items = list.map((item, index) => boundValue(item, `${place}[${index + 1}]`, duckdb));
  const kinds = new Map(items.filter(({ value }) => value !== null).map(({ type }) => [String(type), type]));
  if (kinds.size === 0) return { value: new duckdb.DuckDBListValue(items.map(({ value }) => value)), type: duckdb.LIST(duckdb.VARCHAR) };
  const [first] = kinds.values();
  if (kinds.size === 1)
    return { value: new duckdb.DuckDBListValue(items.map(({ value }) => value)), type: duckdb.LIST(first as DuckDBType) };
  if ([...kinds.keys()].every((kind) => kind === 'BIGINT' || kind === 'DOUBLE')) {
    const numbers = items.map(({ value }) => (typeof value === 'bigint' ? Number(value) : value));
    return { value: new duckdb.DuckDBListValue(numbers), type: duckdb.LIST(duckdb.DOUBLE) };
  }
  throw wrong(place, `a list has elements of one kind, and these are ${[...kinds.keys()].join(', ')}`);
}

function wrong(place: string, why: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `the value for ${place} cannot be bound: ${why}`);
}
