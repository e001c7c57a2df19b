import { compile, quote } from '../base/generate.js';
import { hasDefault, takesAll, takesNull, type ColumnSchema, type ValueSchema } from '../options/checkpoint-schema.js';
import type { Predicate } from '../select/predicate.js';
import type { Fields } from './validator.js';

/** More cells than this make functions that V8 would not optimise. */
const MAX_CELLS = 1500;

/**
 * Generates a test that lets rows pass that are plainly right, which a load would leave as they are. It may send right rows to the
 * validator, never the other way round.
 * Undefined where code generation is forbidden, or where the schema is too large.
 */
export function generatePredicate(fields: Fields, makes: boolean): Predicate | undefined {
  const writer = new PredicateWriter(makes);
  const row = writer.struct(fields);
  if (writer.cells > MAX_CELLS) return undefined;
  const body = `
const OP = Object.prototype, protoOf = Object.getPrototypeOf, own = Object.hasOwn, isArray = Array.isArray, isInt = Number.isSafeInteger;
${writer.functions.join('\n')}
return ${row};`;
  return compile<(sets: ReadonlySet<unknown>[]) => Predicate>(['S'], body)?.(writer.sets);
}

class PredicateWriter {
  readonly functions: string[] = [];
  readonly sets: ReadonlySet<unknown>[] = [];
  cells = 0;

  constructor(readonly makes: boolean) {}

  /** The name of a function that tests an object. */
  struct({ columns, extra }: Fields): string {
    const counts = extra === 'refuse' || (extra === 'drop' && this.makes);
    const tests = columns.map((column) => this.#column(column));
    const optional = columns.filter((column) => column.optional === true || hasDefault(column));
    const present = [String(columns.length - optional.length), ...optional.map(({ name }) => `(own(o, ${quote(name)}) ? 1 : 0)`)].join(
      ' + ',
    );
    const count = counts ? `let n = 0; for (const k in o) n++;\nif (n !== ${present}) return false;` : '';
    return this.#function(
      'o',
      `if (typeof o !== 'object' || o === null || protoOf(o) !== OP) return false;
${tests.join('\n')}
${count}
return true;`,
    );
  }

  #column(column: ColumnSchema): string {
    const key = quote(column.name);
    // A name that every object inherits must be looked up more carefully.
    const inherited = column.name in Object.prototype;
    const mayBeUndefined = hasDefault(column) ? !this.makes : column.optional === true;
    if (takesAll(column)) {
      if (mayBeUndefined) return '';
      return `if (${hasDefault(column) ? `!own(o, ${key}) || o[${key}] === undefined` : `!own(o, ${key})`}) return false;`;
    }
    const test = this.#test(column, 'v');
    const fits = mayBeUndefined ? `v === undefined || ${test}` : test;
    return `{ const v = ${inherited ? `own(o, ${key}) ? o[${key}] : undefined` : `o[${key}]`}; if (!(${fits})) return false; }`;
  }

  #test(schema: ValueSchema, value: string): string {
    this.cells++;
    if (takesAll(schema)) return 'true';
    const kind = this.#kind(schema, value);
    const test = schema.values === undefined ? kind : all(this.#oneOf(schema.values, value), kind);
    return takesNull(schema) ? `(${value} === null || ${test})` : `(${test})`;
  }

  #kind(schema: ValueSchema, v: string): string {
    switch (schema.type) {
      case 'number':
        return all(
          schema.stored === 'int64' ? `isInt(${v})` : `typeof ${v} === 'number'`,
          schema.finite === true && `${v} - ${v} === 0`,
          bounds(schema, v),
        );
      case 'bigint':
        return all(`typeof ${v} === 'bigint'`, bounds(schema, v));
      case 'string':
        return all(`typeof ${v} === 'string'`, lengths(schema, v));
      case 'boolean':
        return `typeof ${v} === 'boolean'`;
      case 'date':
        return all(`${v} instanceof Date && ${v} - ${v} === 0`, bounds(schema, v));
      case 'bytes':
        return `${v} instanceof Uint8Array`;
      case 'float32array':
        return `${v} instanceof Float32Array`;
      case 'float64array':
        return `${v} instanceof Float64Array`;
      case 'list':
        return all(
          `isArray(${v})`,
          lengths(schema, v),
          schema.element !== undefined && !takesAll(schema.element) && `${this.#elements(schema.element)}(${v})`,
        );
      case 'struct': {
        const { fields, extra = 'drop' } = schema;
        return fields === undefined
          ? `typeof ${v} === 'object' && ${v} !== null && protoOf(${v}) === OP`
          : `${this.struct({ columns: fields, extra })}(${v})`;
      }
      case 'null':
        return 'false'; // it is tested before
      default:
        return ''; // anything, but one of some values
    }
  }

  #oneOf(values: readonly unknown[], v: string): string {
    return `S[${this.sets.push(new Set(values)) - 1}].has(${v})`;
  }

  #elements(element: ValueSchema): string {
    return this.#function(
      'a',
      `for (let i = 0; i < a.length; i++) { const e = a[i]; if (!${this.#test(element, 'e')}) return false; }\nreturn true;`,
    );
  }

  #function(parameter: string, body: string): string {
    const name = `f${this.functions.length}`;
    this.functions.push(`const ${name} = (${parameter}) => {\n${body}\n};`);
    return name;
  }
}

function all(...tests: (string | false)[]): string {
  return tests.filter((test) => test !== false && test !== '').join(' && ');
}

function bounds({ min, max, above, below }: ValueSchema, v: string): string {
  const tests: [string, ValueSchema['min']][] = [
    ['>=', min],
    ['<=', max],
    ['>', above],
    ['<', below],
  ];
  return all(...tests.map(([sign, bound]) => bound !== undefined && `${v} ${sign} ${literal(bound)}`));
}

function lengths({ minLength, maxLength }: ValueSchema, v: string): string {
  return all(minLength !== undefined && `${v}.length >= ${minLength}`, maxLength !== undefined && `${v}.length <= ${maxLength}`);
}

/** Checked to be a number, a bigint or a Date: nothing else may become code. */
function literal(bound: number | bigint | Date): string {
  if (typeof bound === 'bigint') return `${bound}n`;
  return String(Number(bound));
}
