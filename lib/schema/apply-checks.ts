import type { ValueSchema } from '../options/checkpoint-schema.js';

/** The definition of a check in a zod schema. */
export interface ZodCheck {
  check: string;
  format?: string;
  value?: unknown;
  inclusive?: boolean;
  minimum?: number;
  maximum?: number;
  length?: number;
}

type Bound = number | bigint | Date;

/** Adds the bounds of zod's checks to a value's schema; false if there is one that bounds cannot say. */
export function applyChecks(schema: ValueSchema, checks: readonly ZodCheck[]): boolean {
  // All are looked at: those that bounds can say are worth having even if others make the schema inexact.
  let exact = true;
  for (const check of checks) exact = applyCheck(schema, check) && exact;
  return exact;
}

function applyCheck(schema: ValueSchema, { check, format, value, inclusive, minimum, maximum, length }: ZodCheck): boolean {
  switch (check) {
    case 'greater_than':
      raise(schema, inclusive === true ? 'min' : 'above', value as Bound);
      return true;
    case 'less_than':
      lower(schema, inclusive === true ? 'max' : 'below', value as Bound);
      return true;
    case 'min_length':
      raise(schema, 'minLength', minimum as number);
      return true;
    case 'max_length':
      lower(schema, 'maxLength', maximum as number);
      return true;
    case 'length_equals':
      raise(schema, 'minLength', length as number);
      lower(schema, 'maxLength', length as number);
      return true;
    case 'number_format':
      if (format !== 'safeint' && format !== 'int32' && format !== 'uint32') return false;
      schema.stored = 'int64';
      if (format !== 'safeint') {
        raise(schema, 'min', format === 'int32' ? -(2 ** 31) : 0);
        lower(schema, 'max', format === 'int32' ? 2 ** 31 - 1 : 2 ** 32 - 1);
      }
      return true;
    default:
      return false;
  }
}

function raise<K extends 'min' | 'above' | 'minLength'>(schema: ValueSchema, key: K, value: NonNullable<ValueSchema[K]>): void {
  const known = schema[key];
  if (known === undefined || value > known) schema[key] = value;
}

function lower<K extends 'max' | 'below' | 'maxLength'>(schema: ValueSchema, key: K, value: NonNullable<ValueSchema[K]>): void {
  const known = schema[key];
  if (known === undefined || value < known) schema[key] = value;
}
