import { CheckpointError } from '../../base/errors.js';
import { show } from '../../base/messages.js';
import type { ColumnInfo } from '../../options/options.js';
import type { ParquetFacts } from '../parquet/parquet-facts.js';
import { classesOf, joined, type ValueClass } from './value-class.js';

interface United {
  info: ColumnInfo;
  value: ValueClass;
  /** The first part that has values of it, and the type there. */
  first: { path: string; type: string };
  /** Rows of the parts that have it. */
  rows: number;
}

/** The columns of all parts of a folder, united by name, in the order of their first appearance. */
export class UnitedColumns {
  readonly #columns = new Map<string, United>();
  #rows = 0;

  /** Adds a part. @throws `ERR_CKPT_PARTS_DIFFER` where a column is of another type than in an earlier part */
  add(facts: ParquetFacts): void {
    const { path, rows } = facts;
    const classes = classesOf(facts);
    for (const info of facts.info().columns) {
      const value = classes.get(info.name) as ValueClass;
      const before = this.#columns.get(info.name);
      if (before === undefined) {
        this.#columns.set(info.name, { info, value, first: { path, type: info.type }, rows });
        continue;
      }
      const both = joined(before.value, value);
      if (both === undefined) throw differs(info, before.first, path);
      const first = before.value.of === 'null' ? { path, type: info.type } : before.first;
      this.#columns.set(info.name, { info: together(before.info, info), value: both, first, rows: before.rows + rows });
    }
    this.#rows += rows;
  }

  /**
   * The type of values that names of folders give to a column which other parts hold themselves: so that rows of all parts have one.
   * `type`: that of the names alone. @throws `ERR_CKPT_PARTS_DIFFER` where those parts hold another, `path` being one that has the name
   */
  givenAs(name: string, type: 'int64' | 'string', path: string): 'int64' | 'string' {
    const united = this.#columns.get(name);
    const of = united?.value.of ?? 'any';
    if (of === 'text') return 'string';
    if (of === 'any' || of === 'null' || (of === 'number' && type === 'int64')) return type;
    throw differs({ ...(united as United).info, type: `${type} by the names of folders` }, (united as United).first, path);
  }

  get names(): string[] {
    return [...this.#columns.keys()];
  }

  infos(): ColumnInfo[] {
    const infos: ColumnInfo[] = [];
    // Rows of parts that lack a column have no value of it.
    for (const { info, rows } of this.#columns.values())
      infos.push({ ...info, nulls: info.nulls === null ? null : info.nulls + this.#rows - rows });
    return infos;
  }
}

function together(one: ColumnInfo, other: ColumnInfo): ColumnInfo {
  return {
    name: one.name,
    type: wider(one.type, other.type),
    codec: union(one.codec.split(', '), other.codec.split(', ')).join(', '),
    bytes: one.bytes + other.bytes,
    stored: wider(one.stored, other.stored),
    encodings: union(one.encodings, other.encodings).sort(),
    nulls: sum(one.nulls, other.nulls),
    exceptions: sum(one.exceptions, other.exceptions),
  };
}

const INTEGER = /^u?int\d+$/;

/** Of two types that hold values of one class the one that says of both what they are. */
function wider(one: string, other: string): string {
  if (one === other || other === 'null') return one;
  if (one === 'null') return other;
  if (INTEGER.test(one) && INTEGER.test(other)) return 'int64';
  if (one === 'json' || other === 'json') return 'json';
  const isNumber = (type: string): boolean => INTEGER.test(type) || /^(?:float|double)/.test(type);
  if (isNumber(one) && isNumber(other)) return 'double';
  return one === 'date' ? other : one;
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])].filter((text) => text !== '');
}

function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}

function differs({ name, type }: ColumnInfo, first: United['first'], path: string): CheckpointError {
  const types = first.type === type ? `a ${type} of other fields than` : `${type}, and ${first.type} in`;
  const message = `column ${show(name)} is ${types} ${first.path}; write the parts with one type, or read them one by one`;
  return new CheckpointError('ERR_CKPT_PARTS_DIFFER', `${path}: ${message}`, { path, column: name });
}
