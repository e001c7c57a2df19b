import { CheckpointError } from '../../base/errors.js';
import { show } from '../../base/messages.js';
import { fieldName, type FieldPlan, type LogicalPlan, type PhysicalPlan } from '../plan.js';

/** What can have a bloom filter: texts and what the file may hold as int64. JSON text is never asked for as it stands. */
const FILTERED = new Set(['text', 'num', 'big', 'date']);

/**
 * Marks the leaves of a physical plan that get bloom filters. A name is a key, or a path into objects (`metadata.source`); with dots it is
 * both. The name of an object means all of it. The elements of lists have none, as conditions do not look at them.
 */
export class BloomMarks {
  readonly #all: boolean;
  readonly #names: ReadonlySet<string>;
  readonly #missing: Set<string>;

  constructor(wanted: boolean | readonly string[]) {
    this.#all = wanted === true;
    this.#names = new Set(Array.isArray(wanted) ? (wanted as string[]) : []);
    this.#missing = new Set(this.#names);
  }

  /** Marks the columns of a plan; gives them back. */
  mark(columns: PhysicalPlan[], plan: LogicalPlan): PhysicalPlan[] {
    if (this.#all || this.#names.size > 0) this.#fields(columns, plan.row.f, '', this.#all);
    return columns;
  }

  #fields(nodes: PhysicalPlan[], fields: readonly FieldPlan[], before: string, all: boolean): void {
    const byName = new Map(nodes.map((node) => [node.n, node]));
    for (const field of fields) {
      const path = before + field.k;
      const node = byName.get(fieldName(field));
      const named = this.#names.has(path);
      if (named) this.#missing.delete(path);
      if (node === undefined) continue;
      if (field.v.t === 'struct') this.#fields(node.c ?? [], field.v.f, `${path}.`, all || named);
      else if ((all || named) && FILTERED.has(field.v.t)) node.b = true;
    }
  }

  /** To be called after the last row. @throws `ERR_CKPT_UNKNOWN_COLUMN` for a name that is no column's */
  check(path: string): void {
    for (const column of this.#missing) {
      const message = `bloomFilter names ${show(column)}, and ${path} would have no such column; check the name`;
      throw new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', message, { path, column });
    }
  }
}
