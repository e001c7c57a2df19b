import type { Row } from 'arrow-ckpt';
import type { LogicalPlan, StructPlan, ValuePlan } from '../../lib/columnar/plan.ts';
import { encodeValue } from '../../lib/base/value/extended-json.ts';
import type { Engine } from './catalogue.ts';
import type { Outcome } from './drive.ts';
import type { EngineFile } from './engine-files.ts';
import { COMPARISONS, countOf, filterText, type Comparison, type Filter } from './filters.ts';

/** Something that an engine does not see as it is. */
export interface Difference {
  file: string;
  /**
   * `open`: the file is refused. `column`: a column is not there. `value`: it has another value. `skip`: a filter counts otherwise than
   * without skipping. `count`: it counts as no comparison that we know.
   */
  kind: 'open' | 'column' | 'value' | 'skip' | 'count';
  column: string;
  detail: string;
}

const WHERE = { row: 0, path: '' };

/** Where what an engine has seen is not what is in the rows: at most one difference a column. */
export function differencesOf(file: EngineFile, plan: LogicalPlan, outcome: Outcome, engine: Engine): Difference[] {
  const difference = (kind: Difference['kind'], column: string, detail: string): Difference => ({ file: file.name, kind, column, detail });
  if (outcome.error !== undefined) return [difference('open', '', outcome.error)];
  const { types, rows } = outcome;
  if (rows.length !== file.rows.length) return [difference('value', '', `${rows.length} rows, not ${file.rows.length}`)];
  const found: Difference[] = [];
  const agree = agreement(engine);
  for (const { k: key, n: name = key, v } of plan.row.f) {
    if (file.elsewhere?.includes(key) === true) {
      if (name in types) found.push(difference('column', name, 'is there, and its values are in another file'));
      continue;
    }
    if (!(name in types)) {
      found.push(difference('column', name, 'not there'));
      continue;
    }
    const at = file.rows.findIndex((row, index) => !cellAgrees(agree, v, name, own(row, key), rows[index]!, plan.x, row));
    if (at >= 0)
      found.push(difference('value', name, `row ${at}: ${text(rows[at]![name])}, not ${text(safeJson(own(file.rows[at]!, key)))}`));
  }
  return found;
}

/** Whether a row's cell shows a value: in its column, in the column of exceptions, or in the text of the whole row. */
function cellAgrees(agree: Agree, plan: ValuePlan, name: string, value: unknown, seen: Row, whole: string | undefined, row: Row): boolean {
  if (whole !== undefined && (seen[whole] ?? null) !== null) return textOf(seen[whole]) === encodeValue(row, WHERE);
  const exception = plan.x === undefined ? null : (seen[plan.x] ?? null);
  if (exception !== null) return isHollow(seen[name] ?? null) && textOf(exception) === encodeValue(value, WHERE);
  return agree(plan, value, seen[name] ?? null);
}

type Agree = (plan: ValuePlan, value: unknown, seen: unknown) => boolean;

function agreement({ nanIsNull, textIsBytes, noNullGroups }: Engine): Agree {
  const agree: Agree = (plan, value, seen) => {
    if (plan.t === 'json') return seen === null ? value === null || value === undefined : textOf(seen) === encodeValue(value, WHERE);
    if (value === null || value === undefined) return seen === null || (noNullGroups === true && isHollow(seen));
    if (typeof value === 'number' && Number.isNaN(value) && nanIsNull && seen === null) return true;
    if (plan.t === 'list' || (ArrayBuffer.isView(value) && plan.t !== 'bytes')) {
      const items = Array.from(value as ArrayLike<unknown>);
      const element: ValuePlan = plan.t === 'list' ? plan.e : { t: 'num' };
      return Array.isArray(seen) && seen.length === items.length && items.every((item, i) => agree(element, item, seen[i] ?? null));
    }
    if (plan.t === 'struct') return typeof seen === 'object' && seen !== null && fieldsAgree(plan, value as Row, seen as Row);
    if (textIsBytes && typeof value === 'string') return same(seen, told(Buffer.from(value)));
    return same(seen, told(value));
  };
  const fieldsAgree = (plan: StructPlan, value: Row, seen: Row): boolean =>
    plan.f.every(({ k, n = k, v }) => agree(v, own(value, k), seen[n] ?? null));
  return agree;
}

/** Null, or what engines show that have no null for lists and objects. */
function isHollow(seen: unknown): boolean {
  return seen === null || (typeof seen === 'object' && !('$bytes' in seen) && Object.values(seen).every(isHollow));
}

/** A text that an engine shows as text or as bytes. */
function textOf(seen: unknown): unknown {
  const bytes = (seen as { $bytes?: string } | null)?.$bytes;
  return bytes === undefined ? seen : Buffer.from(bytes, 'hex').toString();
}

function own(row: Row, key: string): unknown {
  return Object.hasOwn(row, key) ? row[key] : null;
}

/** A value in the notation of the drivers. */
function told(value: unknown): unknown {
  if (value instanceof Date) return { $timestamp: value.getTime() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('hex') };
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : { $int: String(value) };
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { $number: Object.is(value, -0) ? '-0' : String(value) };
}

function same(seen: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return Object.is(seen, wanted);
  return JSON.stringify(seen) === JSON.stringify(wanted);
}

function safeJson(value: unknown): unknown {
  return encodeValue(value, WHERE);
}

function text(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 120);
}

/** How an engine compares doubles: that of the four ways which explains most counts. */
export function comparisonOf(counted: Counted[]): Comparison {
  const fits = COMPARISONS.map(
    (comparison) => counted.filter(({ filter, rows, count }) => countOf(filter, rows, comparison) === count).length,
  );
  return COMPARISONS[fits.indexOf(Math.max(...fits))]!;
}

export interface Counted {
  file: string;
  filter: Filter;
  rows: Row[];
  count: number;
}

/** Filters whose count changes when data is skipped, and counts that no way of comparing explains. */
export function countDifferences(file: EngineFile, filters: Filter[], outcome: Outcome, comparison: Comparison): Difference[] {
  const { pruned, unpruned } = outcome;
  if (pruned === undefined) return [];
  return filters.flatMap((filter, index): Difference[] => {
    const difference = (kind: Difference['kind'], detail: string): Difference[] => [
      { file: file.name, kind, column: filter.column.join('.'), detail: `${filterText(filter)}: ${detail}` },
    ];
    const [count, whole] = [pruned[index]!, unpruned?.[index]];
    if (count.error !== undefined) return difference('open', count.error);
    const expected = countOf(filter, file.rows, comparison);
    if (whole !== undefined && whole.error === undefined && whole.value !== count.value) {
      return difference('skip', `${count.value}, and ${whole.value} without skipping (${expected} in memory)`);
    }
    return count.value === expected ? [] : difference('count', `${count.value}, not ${expected}`);
  });
}
