import type {
  DuckDBListVector,
  DuckDBStructVector,
  DuckDBType,
  DuckDBTypeId as TypeIds,
  DuckDBValue,
  DuckDBVector,
} from '@duckdb/node-api';
import { makeMap, setOwn } from '../base/build.js';
import type { Row } from '../base/rows.js';
import { jsonValue } from './json-value.js';
import type { Duckdb } from './load-duckdb.js';
import { leafValue, safeNumber } from './leaf-value.js';

/** The value of a column of an answer in a row. */
type ReadValue = (vector: DuckDBVector, row: number) => unknown;

/** Numbers of shapes inside of structs, which only our readers need: no other integers of our files have 32 bits. */
const SHAPE = /^__ckpt_shape(?:_\d+)?$/;

/** Reads values of a type of DuckDB as `readCheckpoint` would give them: docs/sql.md has the table. */
export function readerOf(type: DuckDBType, duckdb: Duckdb): ReadValue {
  const { DuckDBTypeId: id } = duckdb;
  switch (type.typeId) {
    case id.LIST:
      return listReader(readerOf(type.valueType, duckdb));
    case id.STRUCT:
      return structReader(type.entryNames, type.entryTypes, duckdb);
    case id.BIGINT:
      return (vector, row) => {
        const value = vector.getItem(row) as bigint | null;
        return value === null ? null : safeNumber(value);
      };
    case id.DOUBLE:
    case id.FLOAT:
    case id.BOOLEAN:
    case id.INTEGER:
      return (vector, row) => vector.getItem(row);
    case id.VARCHAR:
      if (type.alias !== 'JSON') return (vector, row) => vector.getItem(row);
      return (vector, row) => {
        const text = vector.getItem(row) as string | null;
        return text === null ? null : jsonValue(text);
      };
    default: {
      const convert = converterOf(type, id);
      return (vector, row) => convert(vector.getItem(row));
    }
  }
}

function listReader(read: ReadValue): ReadValue {
  return (vector, row) => {
    const items = (vector as DuckDBListVector).getItemVector(row);
    if (items === null) return null;
    const values = Array.from<unknown>({ length: items.itemCount });
    for (let at = 0; at < values.length; at++) values[at] = read(items, at);
    return values;
  };
}

function structReader(names: readonly string[], types: readonly DuckDBType[], duckdb: Duckdb): ReadValue {
  const fields = names
    .map((name, index) => ({ name, index, type: types[index] as DuckDBType }))
    .filter(({ name, type }) => !isShape(name, type, duckdb.DuckDBTypeId))
    .map(({ name, index, type }) => ({ name, index, read: readerOf(type, duckdb) }));
  return (vector, row) => {
    const struct = vector as DuckDBStructVector;
    if (!struct.isItemValid(row)) return null;
    const object: Row = {};
    for (const { name, index, read } of fields) setOwn(object, name, read(struct.entryVectorAt(index), row));
    return object;
  };
}

function isShape(name: string, type: DuckDBType, id: typeof TypeIds): boolean {
  return type.typeId === id.INTEGER && SHAPE.test(name);
}

/** The same for values that DuckDB's package has made already: those in maps, unions and arrays of fixed size. */
function converterOf(type: DuckDBType, id: typeof TypeIds): (value: DuckDBValue) => unknown {
  const ofValue = ofType(type, id);
  return (value) => (value === null || value === undefined ? null : ofValue(value));
}

function ofType(type: DuckDBType, id: typeof TypeIds): (value: DuckDBValue) => unknown {
  switch (type.typeId) {
    case id.VARCHAR:
      return type.alias === 'JSON' ? (value) => jsonValue(value as string) : (value) => value;
    case id.LIST:
    case id.ARRAY: {
      const convert = converterOf(type.valueType, id);
      return (value) => (value as { items: readonly DuckDBValue[] }).items.map(convert);
    }
    case id.STRUCT: {
      const fields = type.entryNames
        .map((name, index) => ({ name, type: type.entryTypes[index] as DuckDBType }))
        .filter((field) => !isShape(field.name, field.type, id));
      const converters = fields.map((field) => converterOf(field.type, id));
      return (value) => {
        const { entries } = value as { entries: Readonly<Record<string, DuckDBValue>> };
        const object: Row = {};
        for (const [at, { name }] of fields.entries())
          setOwn(object, name, converters[at]?.(Object.hasOwn(entries, name) ? (entries[name] as DuckDBValue) : null));
        return object;
      };
    }
    case id.MAP: {
      const [key, item] = [converterOf(type.keyType, id), converterOf(type.valueType, id)];
      return (value) => {
        const { entries } = value as { entries: readonly { key: DuckDBValue; value: DuckDBValue }[] };
        const keys = entries.map((entry) => key(entry.key));
        return makeMap(
          keys,
          entries.map((entry) => item(entry.value)),
          0,
          keys.length,
          keys.every((each) => typeof each === 'string'),
        );
      };
    }
    case id.UNION: {
      const converters = new Map(type.memberTags.map((tag, index) => [tag, converterOf(type.memberTypes[index] as DuckDBType, id)]));
      return (value) => {
        const { tag, value: member } = value as { tag: string; value: DuckDBValue };
        return converters.get(tag)?.(member) ?? null;
      };
    }
    default:
      return (value) => leafValue(value, type, id);
  }
}
