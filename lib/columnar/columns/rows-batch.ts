import * as types from 'node:util/types';
import type { Row } from '../../base/rows.js';
import { MISSING, pathOf, valueAt } from '../../base/path.js';
import { Batch } from './batch.js';
import { NULLS } from './base-column.js';
import type { AnyColumn, ColumnKind } from './column.js';
import { ListColumn } from './list-column.js';
import { emptyValues, ScalarColumn, type ScalarKind } from './scalar-column.js';
import { StringColumn, textChunk } from './string-column.js';
import { ValueColumn } from './value-column.js';

/**
 * The columns of rows that there are already: of files that have no columns. `names`: keys or paths into objects; undefined for all keys,
 * in order of first appearance.
 */
export function rowsBatch(rows: readonly Row[], names: readonly string[] | undefined): Batch {
  const wanted = names ?? new Set(rows.flatMap((row) => Object.keys(row)));
  return new Batch(
    rows.length,
    Array.from(wanted, (name) => columnOf(name, valuesOf(rows, name)) as unknown as AnyColumn),
  );
}

function valuesOf(rows: readonly Row[], name: string): unknown[] {
  const path = pathOf(name);
  return rows.map((row) => {
    const value = valueAt(row, path);
    return value === MISSING ? undefined : value;
  });
}

/** The kind of a value; undefined for null and undefined, which are in columns of any kind. */
function kindOf(value: unknown): ColumnKind | undefined {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'string':
      return typeof value as 'number';
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? 'bigint' : 'mixed';
    case 'object':
      break;
    default:
      return undefined;
  }
  if (value === null) return undefined;
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'mixed' : 'date';
  if (Array.isArray(value) || types.isFloat64Array(value) || types.isFloat32Array(value)) return 'list';
  return types.isUint8Array(value) ? 'bytes' : 'struct';
}

function columnOf(name: string, values: readonly unknown[]): ScalarColumn | StringColumn | ListColumn | ValueColumn {
  const kinds = values.map(kindOf);
  const distinct = new Set(kinds);
  const isFull = !distinct.delete(undefined);
  const kind = distinct.size > 1 ? 'mixed' : ([...distinct][0] ?? 'null');
  const validity = isFull ? null : Uint8Array.from(kinds, (one) => (one === undefined ? 0 : 1));
  const odd = isFull ? NULLS : (row: number) => values[row];
  const at = (row: number): unknown => values[row];
  if (kind === 'string') return new StringColumn(name, [textChunk(values.map((value) => (value ?? '') as string))], validity, odd);
  if (kind === 'list') return listColumn(name, values as readonly (ArrayLike<unknown> | null | undefined)[], validity);
  if (kind === 'number' || kind === 'bigint' || kind === 'boolean' || kind === 'date')
    return new ScalarColumn(name, kind, scalars(kind, values), validity, odd);
  return new ValueColumn(name, kind, values.length, kind === 'null' ? new Uint8Array(values.length) : validity, at);
}

function scalars(kind: ScalarKind, values: readonly unknown[]): ScalarColumn['values'] {
  const array = emptyValues(kind, values.length);
  values.forEach((value, row) => {
    if (value === null || value === undefined) return;
    array[row] = (kind === 'boolean' ? Number(value) : kind === 'date' ? (value as Date).getTime() : value) as never;
  });
  return array;
}

function listColumn(name: string, lists: readonly (ArrayLike<unknown> | null | undefined)[], validity: Uint8Array | null): ListColumn {
  const offsets = new Uint32Array(lists.length + 1);
  lists.forEach((list, row) => (offsets[row + 1] = (offsets[row] as number) + (list?.length ?? 0)));
  const areNumbers = lists.every((list) => Array.prototype.every.call(list ?? [], (value) => typeof value === 'number'));
  const values = areNumbers ? new Float64Array(offsets.at(-1) as number) : null;
  if (values !== null) lists.forEach((list, row) => list && values.set(list as ArrayLike<number>, offsets[row]));
  return new ListColumn(name, [{ length: lists.length, offsets, values }], validity, (row) => lists[row]);
}
