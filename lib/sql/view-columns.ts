import { fieldName, type ValuePlan } from '../columnar/plan.js';
import type { PhysicalNode } from '../columnar/physical-node.js';
import { quoted, textLiteral } from '../formats/parquet/duckdb-source.js';
import type { ParquetFacts } from '../formats/parquet/parquet-facts.js';
import type { SqlColumn } from './sql-types.js';

/** A column of a view, and the value that it has in the file. */
export interface ViewColumn extends SqlColumn {
  /** Its name in the file. */
  stored: string;
  /** Makes the value that the view shows of the one in the file. */
  shown: Shown;
}

type Shown = (value: string) => string;

/**
 * The columns that a file shows, by its plan: hidden ones by that, and not by their names. Those of a foreign file as they are.
 * `leavesNanOut`: the bounds of floating-point numbers may leave NaN out, as those of other writers do. DuckDB (1.5.6 at least) takes NaN
 * for the greatest number, trusts such bounds, and loses rows: its conditions are kept from them.
 */
export function viewColumns(facts: ParquetFacts, leavesNanOut = facts.plan === undefined): ViewColumn[] {
  const floats = new Set(leavesNanOut ? facts.tree.filter(hasFloats).map(({ name }) => name) : []);
  const guarded = (stored: string, shown: Shown): Shown => (floats.has(stored) ? (value) => shown(unbounded(value)) : shown);
  const { plan } = facts;
  const infos = facts.info().columns;
  const names = new Names();
  if (plan === undefined) {
    const places = placeNames(facts);
    return facts.columns.map(({ name, type }, index) => {
      const stored = places?.[index] ?? name;
      return { name: names.twin(name || '_'), key: name, type, holds: 'values', stored, shown: guarded(name, asItIs) };
    });
  }
  const columns = plan.row.f.map((field, index): ViewColumn => {
    const stored = fieldName(field);
    const shown = guarded(stored, shownOf(field.v));
    return { name: names.take(stored), key: field.k, type: infos[index]?.type ?? 'null', holds: 'values', stored, shown };
  });
  for (const [index, { k, v }] of plan.row.f.entries()) {
    if (v.x === undefined) continue;
    const name = names.take(`${columns[index]?.name}?`);
    columns.push({ name, key: k, type: 'json', holds: 'exceptions', stored: v.x, shown: asJson });
  }
  if (plan.x !== undefined) columns.push({ name: names.take('?'), key: null, type: 'json', holds: 'rows', stored: plan.x, shown: asJson });
  return columns;
}

/**
 * Names of the columns of another writer's file by their places, where they have none that DuckDB takes and tells apart: two that differ in
 * case only it would take for one.
 */
export function placeNames({ plan, columns }: ParquetFacts): string[] | undefined {
  const own = new Set(columns.map(({ name }) => name.toLowerCase()));
  if (plan !== undefined || (own.size === columns.length && !own.has(''))) return undefined;
  return columns.map((_, index) => `c${index}`);
}

/** Names that DuckDB tells apart: it folds case. */
class Names {
  readonly #taken = new Set<string>();

  take(name: string): string {
    for (let count = 1; ; count++) {
      const free = count === 1 ? name : `${name}_${count}`;
      if (this.#take(free)) return free;
    }
  }

  /** As DuckDB names the columns of a file that it cannot tell apart. */
  twin(name: string): string {
    for (let count = 0; ; count++) {
      const free = count === 0 ? name : `${name}_${count}`;
      if (this.#take(free)) return free;
    }
  }

  #take(name: string): boolean {
    const folded = name.toLowerCase();
    if (this.#taken.has(folded)) return false;
    this.#taken.add(folded);
    return true;
  }
}

const asItIs: Shown = (value) => value;

/** The same value, which DuckDB takes for one that no bounds are known of. */
const unbounded: Shown = (value) => `CASE WHEN ${value} IS NULL THEN NULL ELSE ${value} END`;

function hasFloats({ kind, children = [] }: PhysicalNode): boolean {
  return kind === 'f64' || children.some(hasFloats);
}

/**
 * Our JSON text as JSON of DuckDB, which refuses lone surrogates in it: such a text is put into an escape object, which the converter of
 * results undoes.
 */
export function asJson(value: string): string {
  return `coalesce(try_cast(${value} AS JSON), CASE WHEN ${value} IS NOT NULL THEN json_object('$ckpt', 'text', 'v', ${value}) END)`;
}

function shownOf(plan: ValuePlan): Shown {
  // A struct that is made anew keeps conditions on its fields from the file: only where it must be.
  return hasJson(plan) ? (value) => withJson(plan, value, 0) : asItIs;
}

function hasJson(plan: ValuePlan): boolean {
  if (plan.t === 'list') return hasJson(plan.e);
  return plan.t === 'struct' ? plan.f.some((field) => hasJson(field.v)) : plan.t === 'json';
}

/** The same value with its JSON as JSON of DuckDB. A cast of the whole would fail for a single text that is none to DuckDB. */
function withJson(plan: ValuePlan, value: string, depth: number): string {
  if (!hasJson(plan)) return value;
  if (plan.t === 'list') return `list_transform(${value}, lambda e${depth}: ${withJson(plan.e, `e${depth}`, depth + 1)})`;
  if (plan.t !== 'struct') return asJson(value);
  const parts = plan.f.map((field): [string, ValuePlan | undefined] => [fieldName(field), field.v]);
  if (plan.h !== undefined) parts.push([plan.h, undefined]);
  const made = parts.map(([name, part]) => {
    const inner = `struct_extract(${value}, ${textLiteral(name)})`;
    return `${quoted(name)} := ${part === undefined ? inner : withJson(part, inner, depth)}`;
  });
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${made.join(', ')}) END`;
}
