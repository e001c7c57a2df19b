import { CheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { encodeValue } from '../../base/value/extended-json.js';
import type { OpenFile } from '../../store/store.js';
import { differencesOf, type Difference as RowPlace } from '../rows/differences-of.js';
import { cut } from './cell-of.js';
import type { Viewed } from './checkpoints.js';
import { numberedBatches } from './rows-of.js';
import { shownOf, type ShownLimits } from './shown-of.js';
import type { Difference, RowChange } from './wire.js';

/** Rows that are compared at a time. */
const ROWS_AT_ONCE = 1024;
/** Places of one row that are shown: a vector may differ in each of its numbers. */
const MOST_PLACES = 30;
const LIMITS: ShownLimits = { text: 6000, items: 30, total: 20_000 };

/** What two files are compared by, and how much of it is wanted. */
interface DifferenceAsked {
  /** Columns whose values find a row in the other file; none: row 0 is compared with row 0, and so on. */
  key: readonly string[];
  /** Changed rows that are told; all are counted. */
  limit: number;
  signal: AbortSignal;
}

/**
 * What differs between the rows of two files, exactly. Of the first file the keys are held in memory, and of both some thousand rows. Rows
 * with one key are matched in their order.
 * @throws `ERR_CKPT_UNKNOWN_COLUMN` for a column of the key that a file does not have
 */
export async function runDifference(one: Viewed, other: Viewed, { key, limit, signal }: DifferenceAsked): Promise<Difference> {
  const [a, b] = [one.file, other.file];
  checkKey([one, other], key);
  const places = key.length === 0 ? undefined : await keyPlaces(a, key, signal);
  const told = new Told(key, limit);
  let number = 0;
  const matched = new Uint8Array(a.info.rows);
  for await (const rows of chunks(b, signal)) {
    const partners = rows.map((row, index) =>
      places === undefined ? positionOf(number + index, a.info.rows) : take(places, keyText(row, key)),
    );
    const found = await rowsAt(a, partners, signal);
    for (const [index, row] of rows.entries()) {
      const partner = partners[index];
      if (partner === undefined) told.added(row, number + index);
      else {
        matched[partner] = 1;
        told.pair(found.get(partner) as Row, row, partner, number + index);
      }
    }
    number += rows.length;
  }
  await removedRows(a, matched, told, signal);
  return {
    // Text was staged: its own path is what people know.
    a: { path: one.entry.path, rows: a.info.rows },
    b: { path: other.entry.path, rows: b.info.rows },
    matchedBy: [...key],
    counts: told.counts,
    columns: columnsOf(a, b),
    rows: told.rows,
    notShown: told.counts.added + told.counts.changed + told.counts.removed - told.rows.length,
  };
}

/** Rows of one key in their order, and how many of them have been taken. */
interface Several {
  numbers: number[];
  taken: number;
}

/** Where rows of a key are. */
type Places = Map<string, number | Several>;

async function keyPlaces(file: OpenFile, key: readonly string[], signal: AbortSignal): Promise<Places> {
  const places: Places = new Map();
  let number = 0;
  for await (const batch of file.batches({ columns: [...key], signal })) {
    for (const row of batch) {
      const text = keyText(row, key);
      const known = places.get(text);
      if (known === undefined) places.set(text, number);
      else if (typeof known === 'number') places.set(text, { numbers: [known, number], taken: 0 });
      else known.numbers.push(number);
      number++;
    }
  }
  return places;
}

/** A text that is the same for the same values. JSON has no bare newlines; a key that a row lacks is a value of its own. */
function keyText(row: Row, key: readonly string[]): string {
  return key.map((column) => (Object.hasOwn(row, column) ? encodeValue(row[column], { row: 0, path: column }) : '')).join('\n');
}

function take(places: Places, text: string): number | undefined {
  const known = places.get(text);
  if (known === undefined) return undefined;
  if (typeof known !== 'number') {
    const first = known.numbers[known.taken++];
    if (known.taken === known.numbers.length) places.delete(text);
    return first;
  }
  places.delete(text);
  return known;
}

function positionOf(number: number, rows: number): number | undefined {
  return number < rows ? number : undefined;
}

async function* chunks(file: OpenFile, signal: AbortSignal): AsyncGenerator<Row[], void, undefined> {
  let waiting: Row[] = [];
  for await (const batch of file.batches({ signal })) {
    waiting.push(...batch);
    for (; waiting.length >= ROWS_AT_ONCE; waiting = waiting.slice(ROWS_AT_ONCE)) yield waiting.slice(0, ROWS_AT_ONCE);
  }
  if (waiting.length > 0) yield waiting;
}

async function rowsAt(file: OpenFile, numbers: readonly (number | undefined)[], signal: AbortSignal): Promise<Map<number, Row>> {
  const ascending = numbers.filter((number) => number !== undefined).sort((x, y) => x - y);
  const found = new Map<number, Row>();
  let next = 0;
  for await (const batch of numberedBatches(file, ascending, signal)) for (const row of batch) found.set(ascending[next++] as number, row);
  return found;
}

/** All rows without a partner are counted; those that are told are read. */
async function removedRows(file: OpenFile, matched: Uint8Array, told: Told, signal: AbortSignal): Promise<void> {
  const wanted: number[] = [];
  for (const [number, isMatched] of matched.entries()) {
    if (isMatched === 1) continue;
    told.counts.removed++;
    if (wanted.length < told.room) wanted.push(number);
  }
  const rows = await rowsAt(file, wanted, signal);
  for (const [number, row] of rows) told.removed(row, number);
}

/** What was found so far. */
class Told {
  readonly counts = { equal: 0, changed: 0, added: 0, removed: 0 };
  readonly rows: RowChange[] = [];
  readonly #key: readonly string[];
  readonly #limit: number;

  constructor(key: readonly string[], limit: number) {
    this.#key = key;
    this.#limit = limit;
  }

  /** How many more rows are wanted. */
  get room(): number {
    return this.#limit - this.rows.length;
  }

  pair(one: Row, other: Row, a: number, b: number): void {
    const places = differencesOf(one, other, false);
    if (places.length === 0) {
      this.counts.equal++;
      return;
    }
    this.counts.changed++;
    if (this.room <= 0) return;
    const differences = places.slice(0, MOST_PLACES).map(placeOf);
    this.rows.push({ change: 'changed', a, b, key: this.#keyOf(other), differences, more: places.length - differences.length, row: null });
  }

  added(row: Row, b: number): void {
    this.counts.added++;
    if (this.room > 0)
      this.rows.push({ change: 'added', a: null, b, key: this.#keyOf(row), differences: [], more: 0, row: shownOf(row, LIMITS) });
  }

  /** One that is counted already. */
  removed(row: Row, a: number): void {
    this.rows.push({ change: 'removed', a, b: null, key: this.#keyOf(row), differences: [], more: 0, row: shownOf(row, LIMITS) });
  }

  #keyOf(row: Row): RowChange['key'] {
    if (this.#key.length === 0) return null;
    const own = this.#key.filter((column) => Object.hasOwn(row, column)).map((column) => [column, row[column]]);
    return shownOf(Object.fromEntries(own), LIMITS);
  }
}

function placeOf(difference: RowPlace): RowChange['differences'][number] {
  const { path, change } = difference;
  return {
    path: cut(path, 500),
    change,
    ...('from' in difference && { from: shownOf(difference.from, LIMITS) }),
    ...('to' in difference && { to: shownOf(difference.to, LIMITS) }),
  };
}

/** The columns that only one file has, or that are of another type. */
function columnsOf(a: OpenFile, b: OpenFile): Difference['columns'] {
  const [types, others] = [a, b].map(({ info }) => new Map(info.columns.map(({ name, type }) => [name, type]))) as [
    Map<string, string>,
    Map<string, string>,
  ];
  return {
    added: [...others.keys()].filter((name) => !types.has(name)),
    removed: [...types.keys()].filter((name) => !others.has(name)),
    changed: [...types].flatMap(([name, from]) => {
      const to = others.get(name);
      return to === undefined || to === from ? [] : [{ name, from, to }];
    }),
  };
}

/** @throws `ERR_CKPT_UNKNOWN_COLUMN` where one of the files does not have a column of the key */
function checkKey(both: readonly Viewed[], key: readonly string[]): void {
  for (const { entry, file } of both) {
    const { columns } = file.info;
    const column = key.find((name) => columns.length > 0 && !columns.some((own) => own.name === name));
    if (column === undefined) continue;
    const message = `${entry.path} has no column '${column}' to match by`;
    throw new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', message, { path: entry.path, column });
  }
}
