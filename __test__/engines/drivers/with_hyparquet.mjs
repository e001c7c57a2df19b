import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { main, operand } from './common.mjs';

const OPS = { eq: '$eq', ne: '$ne', lt: '$lt', le: '$lte', gt: '$gt', ge: '$gte', in: '$in' };

async function read(path) {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const types = Object.fromEntries(parquetSchema(metadata).children.map(({ element }) => [element.name, typeOf(element)]));
  return [types, await parquetReadObjects({ file, compressors, utf8: false })];
}

function typeOf({ type, converted_type: converted, logical_type: logical }) {
  if (type === undefined) return converted === 'LIST' ? 'Array' : 'object';
  if (logical?.type === 'TIMESTAMP' || converted?.startsWith('TIMESTAMP')) return 'Date';
  return (
    { INT64: 'bigint', INT32: 'number', DOUBLE: 'number', FLOAT: 'number', BOOLEAN: 'boolean' }[type] ??
    (converted === 'UTF8' ? 'string' : 'Uint8Array')
  );
}

function filterOf({ column, op, kind, values }) {
  const [first, second] = values.map((value) => operand(value, kind));
  const name = column.join('.');
  if (op === 'null') return { [name]: { $eq: null } };
  if (op === 'valid') return { [name]: { $ne: null } };
  if (op === 'between') return { $and: [{ [name]: { $gte: first } }, { [name]: { $lte: second } }] };
  return { [name]: { [OPS[op]]: op === 'in' ? values.map((value) => operand(value, kind)) : first } };
}

async function counter(path, options) {
  const file = await asyncBufferFromFile(path);
  const none = await parquetReadObjects({ file, compressors, columns: ['id'], filter: { id: { $eq: -1n } }, filterStrict: false });
  if (none.length > 0) throw new Error('takes no filter');
  return async (condition) => {
    const rows = await parquetReadObjects({
      file,
      compressors,
      utf8: false,
      columns: [condition.column[0]],
      filter: filterOf(condition),
      ...options,
    });
    return rows.length;
  };
}

await main(
  read,
  (path) => counter(path, { filterStrict: false }),
  (path) => counter(path, { filterStrict: false, useStatistics: false }),
);
