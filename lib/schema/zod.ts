import type { ColumnSchema, ExtraKeys, Literal, ValueSchema } from '../options/checkpoint-schema.js';
import type { StandardSchemaV1 } from '../options/standard-schema-v1.js';
import { applyChecks, type ZodCheck } from './apply-checks.js';

/** A schema of zod 4 as far as its structure goes: `_zod.def` is what zod's documentation for library authors says to read. */
export interface ZodSchema {
  _zod: {
    def: ZodDef;
    /** `optional` or `defaulted` where a key may be missing. */
    optin?: string;
    /** The values of a literal or an enum. */
    values?: ReadonlySet<unknown>;
    traits?: ReadonlySet<string>;
  };
}

interface ZodDef {
  type: string;
  checks?: readonly { _zod: { def: ZodCheck } }[];
  coerce?: boolean;
  shape?: Record<string, ZodSchema>;
  catchall?: ZodSchema;
  element?: ZodSchema;
  innerType?: ZodSchema;
  options?: readonly ZodSchema[];
  in?: ZodSchema;
  defaultValue?: unknown;
  /** A format of a string or a number made by `z.email()`, `z.int()`: the schema is its own check. */
  check?: string;
  format?: string;
}

/** What a zod object says about the rows. */
interface ZodColumns {
  columns: ColumnSchema[];
  extra: ExtraKeys;
  /** The columns say all that the schema does; else it must be run itself, and they say what types to expect. */
  exact: boolean;
}

/** Whether a Standard Schema is one of zod 4, whose structure can be read. */
export function isZod(schema: StandardSchemaV1): schema is StandardSchemaV1 & ZodSchema {
  const { _zod: internals } = schema as Partial<ZodSchema>;
  return schema['~standard'].vendor === 'zod' && typeof internals === 'object' && typeof internals.def?.type === 'string';
}

/** The columns of a zod object; undefined for any other schema. */
export function zodColumns(schema: ZodSchema): ZodColumns | undefined {
  const reading = new ZodReading();
  const { type, fields, extra } = reading.value(schema);
  return type === 'struct' && fields !== undefined ? { columns: fields, extra: extra ?? 'drop', exact: reading.exact } : undefined;
}

const ANYTHING: ValueSchema = { type: 'any', nullable: true };
const PLAIN: Partial<Record<string, ValueSchema>> = {
  string: { type: 'string' },
  number: { type: 'number', finite: true },
  int: { type: 'number', finite: true, stored: 'int64' },
  boolean: { type: 'boolean' },
  bigint: { type: 'bigint' },
  date: { type: 'date' },
  null: { type: 'null', nullable: true },
  any: ANYTHING,
  unknown: ANYTHING,
  array: { type: 'list' },
  object: { type: 'struct' },
};

/** Reads the structure of a schema. What it does not know for certain makes it inexact, never wrong. */
class ZodReading {
  exact = true;

  /** A column of a row, or a key of an object. */
  column(name: string, schema: ZodSchema): ColumnSchema {
    const column: ColumnSchema = { name, ...this.value(schema, true) };
    const source = defaultOf(schema);
    if (source !== undefined) {
      Object.defineProperty(column, 'default', { get: () => source.defaultValue, enumerable: true, configurable: true });
    } else if (schema._zod.optin !== undefined) column.optional = true; // also for a reason that is not known here: a catch
    return column;
  }

  /** `isKey`: of an object, where a value may be optional or have a default. */
  value(schema: ZodSchema, isKey = false): ValueSchema {
    const { def } = schema._zod;
    const inner = (): ValueSchema => (def.innerType === undefined ? ANYTHING : this.value(def.innerType, isKey));
    // A refinement around what is optional, nullable, one of some values. Those of leaves may be bounds.
    if ((def.checks ?? []).length > 0 && !(def.type in PLAIN)) this.exact = false;
    switch (def.type) {
      case 'optional':
      case 'default':
        if (!isKey || schema._zod.traits?.has('$ZodExactOptional') === true || (def.type === 'optional' && hidesDefault(def)))
          this.exact = false;
        return inner();
      case 'nullable':
        return { ...inner(), nullable: true };
      case 'literal':
      case 'enum':
        return this.#literals([...(schema._zod.values ?? [undefined])]);
      case 'union':
        return this.#union(def.options ?? [], isKey);
      case 'nonoptional':
      case 'readonly':
      case 'prefault':
      case 'catch':
        this.exact = false;
        return inner();
      case 'pipe':
        this.exact = false;
        return def.in === undefined ? ANYTHING : this.value(def.in, isKey);
      case 'object':
        return this.#object(schema);
      default:
        return this.#leaf(def);
    }
  }

  #leaf(def: ZodDef): ValueSchema {
    const plain = PLAIN[def.type];
    if (plain === undefined) this.exact = false;
    const made: ValueSchema = { ...(plain ?? ANYTHING) };
    if (def.coerce === true) {
      // It takes anything; the type is that of what it gives.
      this.exact = false;
      return ANYTHING;
    }
    if (def.type === 'array' && def.element !== undefined) made.element = this.value(def.element);
    const checks = (def.checks ?? []).map((check) => check._zod.def);
    if (def.check !== undefined) checks.push(def as ZodCheck);
    if (!applyChecks(made, checks)) this.exact = false;
    return made;
  }

  #object(schema: ZodSchema): ValueSchema {
    const { shape = {}, catchall, checks = [] } = schema._zod.def;
    if (checks.length > 0 || Object.getOwnPropertySymbols(shape).length > 0) this.exact = false;
    const fields = Object.keys(shape).map((key) => this.column(key, shape[key] as ZodSchema));
    return { type: 'struct', fields, extra: this.#extra(catchall) };
  }

  #extra(catchall: ZodSchema | undefined): ExtraKeys {
    const type = catchall?._zod.def.type;
    if (type === undefined) return 'drop';
    if (type === 'never') return 'refuse';
    if (type !== 'any' && type !== 'unknown') this.exact = false;
    return 'keep';
  }

  #literals(values: readonly unknown[]): ValueSchema {
    const known = values.filter((value): value is Literal => ['string', 'number', 'boolean', 'bigint'].includes(typeof value));
    const nullable = values.includes(null);
    if (known.length + Number(nullable) < values.length) this.exact = false;
    if (known.length === 0) return nullable ? { type: 'null', nullable } : ANYTHING;
    const kinds = new Set(known.map((value) => typeof value));
    const type = kinds.size === 1 ? (typeof known[0] as 'string' | 'number' | 'boolean' | 'bigint') : 'any';
    return { type, values: known, ...(nullable && { nullable }) };
  }

  /** `X | null` is a nullable X. Any other union takes the schema itself. */
  #union(options: readonly ZodSchema[], isKey: boolean): ValueSchema {
    const others = options.filter((option) => option._zod.def.type !== 'null');
    if (others.length === 1 && others.length < options.length) return { ...this.value(others[0] as ZodSchema, isKey), nullable: true };
    this.exact = false;
    return ANYTHING;
  }
}

/** The definition that holds the default of a key, below what may stand around it. */
function defaultOf(schema: ZodSchema): ZodDef | undefined {
  const { def } = schema._zod;
  if (def.type === 'default') return def;
  return (def.type === 'nullable' || def.type === 'optional') && def.innerType !== undefined ? defaultOf(def.innerType) : undefined;
}

/** An optional around a default: which of the two wins differs between the versions of zod. */
function hidesDefault({ innerType }: ZodDef): boolean {
  return innerType !== undefined && defaultOf(innerType) !== undefined;
}
