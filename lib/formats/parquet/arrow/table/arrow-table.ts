import type { ApacheData } from './apache-part.js';
import type { ArrowField } from './arrow-type.js';
import type { FlechetteBatch } from './flechette-part.js';

/** A table of apache-arrow, or one of its batches. */
interface ApacheTable {
  schema: { fields: readonly ArrowField[] };
  batches: readonly { numRows: number; data: { children: readonly ApacheData[] } }[];
}

/** A table of flechette. */
interface FlechetteTable {
  schema: { fields: readonly ArrowField[] };
  children: readonly { data: readonly FlechetteBatch[] }[];
}

export type ArrowTable = ApacheTable | FlechetteTable;

/** A value as a table, or a batch, of apache-arrow or flechette; undefined if it is none. */
export function arrowTable(value: object): ArrowTable | undefined {
  const { schema, batches, children, data, numRows } = value as Partial<ApacheTable & FlechetteTable & ApacheTable['batches'][number]>;
  if (!Array.isArray(schema?.fields)) return undefined;
  if (Array.isArray(batches) || Array.isArray(children)) return value as ArrowTable;
  if (typeof numRows !== 'number' || !Array.isArray(data?.children)) return undefined;
  return { schema: schema as ApacheTable['schema'], batches: [{ numRows, data }] };
}
