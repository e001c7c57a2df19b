import { invalid, show } from '../base/messages.js';
import type { ReadOptions, WriteOptions } from '../options/options.js';
import { isPlainObject } from '../base/rows.js';
import { isRevoked } from '../base/value/is-revoked.js';
import { mayLack, hasDefault, type CheckpointSchema } from '../options/checkpoint-schema.js';
import { checkSchema } from './check-schema.js';
import type { StandardSchemaV1 } from '../options/standard-schema-v1.js';
import type { Fields } from './validator.js';
import { isZod, zodColumns } from './zod.js';

/** A schema as saves and loads need it. */
export interface Contract {
  /** What is known of the columns. */
  fields: Fields | undefined;
  /** The schema to run on each row; undefined where the columns say all of it. */
  standard: StandardSchemaV1 | undefined;
  /** Extra keys are kept from the schema that is run: `extraColumns` says what becomes of them. */
  apart: boolean;
}

/** Throws unless the value can be a `schema` option. */
export function contractOf(schema: unknown): Contract {
  if (isStandard(schema)) {
    const known = isZod(schema) ? zodColumns(schema) : undefined;
    if (isZod(schema)) refuseWhatIsNoRow(schema._zod.def.type);
    return { fields: known, standard: known?.exact === true ? undefined : schema, apart: false };
  }
  if (isPlainObject(schema) && 'columns' in schema) {
    const { columns, extra = 'drop' } = checkSchema(schema as unknown as CheckpointSchema);
    return { fields: { columns, extra }, standard: undefined, apart: false };
  }
  throw invalid(`schema must be a zod object, any other Standard Schema, or a CheckpointSchema, got ${show(schema)}`);
}

/** The contract of a load, `extraColumns` and `columns` taken into account; undefined without a schema. */
export function loadContract({ schema, extraColumns, columns }: ReadOptions): Contract | undefined {
  if (extraColumns !== undefined && extraColumns !== 'keep' && extraColumns !== 'drop') {
    throw invalid(`extraColumns must be 'keep' or 'drop', got ${show(extraColumns)}`);
  }
  if (schema === undefined) {
    if (extraColumns !== undefined)
      throw invalid('extraColumns says what becomes of columns that a schema does not name: give a schema too');
    return undefined;
  }
  const contract = contractOf(schema);
  if (contract.fields === undefined) {
    if (extraColumns === undefined) return contract;
    throw invalid('extraColumns needs a schema whose columns can be told: a zod object or a CheckpointSchema');
  }
  if (columns !== undefined) refuseMissing(contract.fields, contract.standard !== undefined, new Set(columns));
  const { columns: known, extra } = contract.fields;
  return { ...contract, fields: { columns: known, extra: extraColumns ?? extra }, apart: extraColumns !== undefined };
}

/** Throws what is wrong with the `schema` of a save, or with that and `extraColumns` of a load, before any file is touched. */
export function checkSchemaOptions(
  options: Pick<ReadOptions, 'schema' | 'extraColumns' | 'columns'> & Pick<WriteOptions, 'fixedColumns'>,
): void {
  const contract = loadContract(options);
  if (options.fixedColumns === true && contract !== undefined) refuseUnknownColumns(contract);
}

/** Throws where `fixedColumns` has no columns to go by. */
export function refuseUnknownColumns({ fields }: Contract): void {
  if (fields === undefined) throw invalid('fixedColumns needs a schema whose columns can be told: a zod object or a CheckpointSchema');
}

/** A column that was left out cannot be told from one that is not there: its default would stand in for data. */
function refuseMissing({ columns }: Fields, opaque: boolean, wanted: ReadonlySet<string>): void {
  const missing = columns.find((column) => !wanted.has(column.name) && (opaque || !mayLack(column) || hasDefault(column)));
  if (missing !== undefined) {
    throw invalid(`columns leaves out ${show(missing.name)}, which the schema has; name it too, or give a schema of fewer columns`);
  }
}

function isStandard(schema: unknown): schema is StandardSchemaV1 {
  if ((typeof schema !== 'object' && typeof schema !== 'function') || schema === null || isRevoked(schema)) return false;
  const standard = (schema as Partial<StandardSchemaV1>)['~standard'];
  return typeof standard === 'object' && standard !== null && standard.version === 1 && typeof standard.validate === 'function';
}

const NO_ROWS: ReadonlySet<string> = new Set([
  'array',
  'tuple',
  'set',
  'string',
  'number',
  'boolean',
  'bigint',
  'date',
  'null',
  'undefined',
  'literal',
  'enum',
]);

/** A schema of all rows in place of one row's would fail for every row, with a message that does not help. */
function refuseWhatIsNoRow(type: string): void {
  if (NO_ROWS.has(type))
    throw invalid(
      `schema must describe one row, an object; got a schema of type ${type}${type === 'array' ? ': pass that of its elements' : ''}`,
    );
}
