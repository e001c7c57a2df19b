import { NODE_WORDS } from '../layout.js';
import { leafReader, reader } from '../read/row-closures.js';
import type { RowRead } from '../read/tree.js';
import { NodeView, type Arena } from '../read/views.js';
import { isPlainObject, type Row } from '../../base/rows.js';
import type { WantedColumn } from './wanted-columns.js';

/** What the rows of a block hold, read one value at a time from the block's memory when it is asked for. */
export class BlockValues {
  readonly rows: number;
  #read: RowReader | undefined;

  constructor(
    readonly arena: Arena,
    readonly plan: RowRead,
    /** The dictionaries in force, by node. */
    readonly dictionaries: readonly (string[] | undefined)[],
  ) {
    this.rows = arena.u32[0] as number;
  }

  /** The value of a column in a row; undefined where the row does not have it. */
  of({ name, steps, field }: WantedColumn, row: number): unknown {
    const read = (this.#read ??= this.#reader());
    const whole = read.whole(row);
    if (whole !== null) return Object.hasOwn(whole, name) ? whole[name] : descend(whole, steps, 0);
    if (field < 0 || !read.has(row, field)) {
      // The row has not the whole name as its key, but perhaps its first step.
      const first = steps.length > 1 ? this.plan.row.keys.indexOf(steps[0] as string) : -1;
      return first >= 0 && first !== field && read.has(row, first) ? descend(read.field(row, first), steps, 1) : undefined;
    }
    const value = read.field(row, field);
    return this.plan.row.keys[field] === name ? value : descend(value, steps, 1);
  }

  /** Whether each row has the column, and its slots hold all that rows have there. */
  isPlain({ field, name }: WantedColumn): boolean {
    const { row, texts } = this.plan;
    if (row.keys[field] !== name || row.fields[field]?.exceptions !== undefined || texts !== undefined || row.shape !== undefined)
      return false;
    // The only shape may lack it: a schema named the column, and no row had the key.
    return row.shapes?.[0]?.includes(field) !== false;
  }

  dictionary(node: number): readonly string[] {
    return this.dictionaries[node] ?? [];
  }

  #reader(): RowReader {
    const views = this.dictionaries.map((dictionary, node) => {
      const view = new NodeView();
      if (dictionary !== undefined) view.dict = dictionary;
      view.load(this.arena, node);
      return view;
    });
    const { row, texts } = this.plan;
    const whole = texts === undefined ? undefined : leafReader(texts, views);
    const shape = row.shape === undefined ? undefined : leafReader(row.shape, views);
    const fields = row.fields.map((field) => reader(field, views));
    const shapes = row.shapes?.map((known) => new Set(known));
    return {
      whole: (at) => (whole?.(at) ?? null) as Row | null,
      has: (at, field) => shapes === undefined || shapes[(shape?.(at) ?? 0) as number]?.has(field) === true,
      field: (at, field) => fields[field]?.(at),
    };
  }
}

interface RowReader {
  whole(row: number): Row | null;
  has(row: number, field: number): boolean;
  field(row: number, field: number): unknown;
}

function descend(value: unknown, steps: readonly string[], from: number): unknown {
  let at = value;
  for (const step of steps.slice(from)) {
    if (!isPlainObject(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step];
  }
  return at;
}

/** Keeps the dictionaries of a scan from block to block: a block brings one only where it is new. */
export class Dictionaries {
  #inForce: (string[] | undefined)[];
  readonly #view = new NodeView();

  constructor(nodes: number) {
    this.#inForce = Array.from({ length: nodes });
  }

  /** Those in force for a block. */
  of(arena: Arena): readonly (string[] | undefined)[] {
    let known = this.#inForce;
    for (let node = 0; node < known.length; node++) {
      if (arena.u32[2 + node * NODE_WORDS + 7] === 0) continue;
      this.#view.load(arena, node);
      if (known === this.#inForce) known = known.slice();
      known[node] = this.#view.dict;
    }
    return (this.#inForce = known);
  }
}
