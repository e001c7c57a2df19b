import { fieldName, type StructPlan, type ValuePlan } from '../columnar/plan.js';
import { quoted } from '../formats/parquet/duckdb-source.js';
import type { ParquetFacts } from '../formats/parquet/parquet-facts.js';
import type { SqlColumn } from './sql-types.js';

/** A column of a view, and the value that it has in the file. */
export interface ViewColumn extends SqlColumn {
  /** Its name in the file. */
  stored: string;
  /** Makes the value that the view shows of the one in the file. */
  shown: (value: string) => string;
}

/** The columns that a file shows, by its plan: hidden ones by that, and not by their names. Those of a foreign file as they are. */
export function viewColumns(facts: ParquetFacts): ViewColumn[] {
  const { plan } = facts;
  const infos = facts.info().columns;
  const names = new Names();
  if (plan === undefined) {
    return facts.columns.map(({ name, type }) => ({
      name: names.twin(name),
      key: name,
      type,
      holds: 'values',
      stored: name,
      shown: asItIs,
    }));
  }
  const columns = plan.row.f.map((field, index): ViewColumn => {
    const stored = fieldName(field);
    const shown = shownOf(field.v);
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

const asItIs = (value: string): string => value;

/**
 * Our JSON text as JSON of DuckDB, which refuses lone surrogates in it: such a text is put into an escape object, which the converter of
 * results undoes.
 */
export function asJson(value: string): string {
  return `coalesce(try_cast(${value} AS JSON), CASE WHEN ${value} IS NOT NULL THEN json_object('$ckpt', 'text', 'v', ${value}) END)`;
}

function shownOf(plan: ValuePlan): (value: string) => string {
  if (plan.t === 'json') return asJson;
  // A cast of a struct keeps conditions on its fields from the file: only where it must be.
  return hasJson(plan) ? (value) => `${value}::${typeText(plan)}` : asItIs;
}

function hasJson(plan: ValuePlan): boolean {
  if (plan.t === 'list') return hasJson(plan.e);
  return plan.t === 'struct' ? plan.f.some((field) => hasJson(field.v)) : plan.t === 'json';
}

const TYPES = {
  null: 'VARCHAR',
  num: 'DOUBLE',
  bool: 'BOOLEAN',
  text: 'VARCHAR',
  json: 'JSON',
  date: 'TIMESTAMPTZ',
  bytes: 'BLOB',
  big: 'BIGINT',
  f64s: 'DOUBLE[]',
  f32s: 'FLOAT[]',
} as const;

/** The type in SQL. Numbers are doubles there, whatever they are in the file: one that holds no double is a `big`, or JSON. */
function typeText(plan: ValuePlan): string {
  if (plan.t === 'list') return `${typeText(plan.e)}[]`;
  return plan.t === 'struct' ? structText(plan) : TYPES[plan.t];
}

function structText({ f, h }: StructPlan): string {
  const fields = f.map((field) => `${quoted(fieldName(field))} ${typeText(field.v)}`);
  if (h !== undefined) fields.push(`${quoted(h)} INTEGER`);
  return `STRUCT(${fields.join(', ')})`;
}
