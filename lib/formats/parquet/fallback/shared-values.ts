import { CheckpointError, isCheckpointError, withPath } from '../../../base/errors.js';
import { corrupt } from '../references.js';
import type { Column, SharedColumn } from './columns.js';
import { conformer, isSameType, isWritten } from './conformer.js';
import type { Field } from './fields.js';
import { typeName } from './field-type.js';
import { groupOf, startsOf } from './group-starts.js';
import { HeldGroups } from './held-groups.js';
import type { ParquetFile } from './parquet-file.js';
import { readField } from './read-field.js';

/** What is read of a holder. */
interface Base {
  number: number;
  file: ParquetFile;
  field: Field;
  /** The first row of each row group. */
  starts: readonly number[];
  conform: (value: unknown) => unknown;
}

/** Rows of a row group of a holder, and where their values go. */
interface Wanted {
  rows: number[];
  to: number[];
}

/** Reads columns whose values are in other files, some or all: as crates/arrow-ckpt/src/decode/shared.rs, a row group at a time. */
export class SharedValues {
  readonly #file: ParquetFile;
  readonly #verify: boolean;
  readonly #turn: () => Promise<void>;
  readonly #held: HeldGroups;
  readonly #bases = new Map<Column, Base[]>();

  /** `turn`: called between pieces of work. */
  constructor(file: ParquetFile, verify: boolean, turn: () => Promise<void>) {
    this.#file = file;
    this.#verify = verify;
    this.#turn = turn;
    this.#held = new HeldGroups(verify);
  }

  /** Before the first row of a column. @throws `ERR_CKPT_BASE` where a file that it needs is missing */
  begin(column: Column): void {
    if (column.shared !== undefined) this.#bases.set(column, basesOf(column.name, column.shared));
  }

  /** The values of a column in a row group of the file. */
  async values(column: Column, group: number): Promise<unknown[]> {
    const { shared, stored, name } = column;
    const read = (field: Field): Promise<unknown[]> => readField(this.#file, field, group, this.#verify);
    if (shared === undefined) return read(stored[0] as Field);
    const bases = this.#bases.get(column) as Base[];
    const rows = await read(shared.rows);
    const numbers = shared.holders && (await read(shared.holders));
    const values = shared.own === undefined ? Array<unknown>(rows.length).fill(null) : await read(shared.own);
    const wanted = wantedOf(bases, rows, numbers, values, name);
    for (const [at, base] of bases.entries()) {
      await this.#fill(values, base, wanted[at] as Map<number, Wanted>).catch((error: unknown) => {
        throw this.#ofBase(base, name, error);
      });
    }
    return values;
  }

  async #fill(values: unknown[], { file, field, conform }: Base, groups: Map<number, Wanted>): Promise<void> {
    // What is at hand comes first.
    const kept = this.#held.keptOf(field);
    const order = [...groups.keys()].sort((a, b) => Number(b === kept) - Number(a === kept) || a - b);
    for (const group of order) {
      const { rows, to } = groups.get(group) as Wanted;
      const held = await this.#held.values(file, field, group);
      for (let i = 0; i < rows.length; i++) values[to[i] as number] = conform(held[rows[i] as number]);
      await this.#turn();
    }
  }

  /** An error in a holder names it, and the checkpoint that needs it. */
  #ofBase({ file: { path } }: Base, column: string, error: unknown): unknown {
    const named = withPath(error, path);
    if (!isCheckpointError(named)) return error;
    const message = `${named.message} (in ${path}, which has values of ${this.#file.path})`;
    return new CheckpointError(named.code, message, { path, column, cause: error });
  }
}

function basesOf(name: string, { own, of }: SharedColumn): Base[] {
  let target = own;
  return of.map(({ holder, number, column }) => {
    const file = holder.file(name);
    const field = holder.field(column);
    if (field === undefined) throw corrupt(`it cannot be had from ${file.path}: there is no column '${column}'`, name);
    target ??= field;
    if (!isWritten(target)) throw corrupt(`values of the type ${typeName(target)} cannot be in other files`, name);
    const conform = own === undefined && !isSameType(field, target) ? undefined : conformer(field, target);
    if (conform !== undefined) return { number, file, field, starts: startsOf(file), conform };
    throw corrupt(`a column of ${typeName(target)} is said to be in ${file.path}, where it is of ${typeName(field)}`, name);
  });
}

/** For each base what is wanted of its row groups. `values`: the file's own. */
function wantedOf(
  bases: readonly Base[],
  rows: readonly unknown[],
  numbers: readonly unknown[] | undefined,
  values: readonly unknown[],
  name: string,
): Map<number, Wanted>[] {
  const wanted = bases.map(() => new Map<number, Wanted>());
  const byNumber = new Map(bases.map((base, at) => [base.number, at]));
  let group = 0;
  for (let i = 0; i < rows.length; i++) {
    const [row, number] = [rows[i] as number | bigint | null, numbers === undefined ? undefined : (numbers[i] as number | null)];
    if (row === null) {
      if (typeof number === 'number') throw corrupt(`a value is in file ${number} at no row`, name);
      continue;
    }
    if (values[i] !== null) throw corrupt(`a value is here, and in another file at row ${row} as well`, name);
    const at = number === undefined ? 0 : byNumber.get(number as number);
    if (at === undefined) throw corrupt(`a value is said to be in file ${number}, which has none of the column`, name);
    const { file, starts } = bases[at] as Base;
    if (row < 0 || row >= file.rows)
      throw corrupt(`a value is said to be in row ${row} of ${file.path}, which has ${file.rows} rows`, name);
    group = groupOf(starts, Number(row), group);
    let there = wanted[at]!.get(group);
    if (there === undefined) wanted[at]!.set(group, (there = { rows: [], to: [] }));
    there.rows.push(Number(row) - (starts[group] as number));
    there.to.push(i);
  }
  return wanted;
}
