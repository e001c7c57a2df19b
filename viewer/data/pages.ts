import type { Cell, Rows } from '../../lib/cli/view/wire.js';
import { ask, type Asked, type Refused } from './api.js';

/** A row of a table: its number in the file, and its cells. */
export interface TableRow {
  number: number;
  cells: Cell[];
}

const PAGE_ROWS = 64;
/** Pages that are kept: enough for any screen and what is around it. */
const MOST_PAGES = 48;

/** The rows of one table, fetched by pages when they come into sight. */
export class Pages {
  readonly #asked: Asked;
  readonly #changed: () => void;
  readonly #pages = new Map<number, TableRow[]>();
  readonly #flying = new Map<number, AbortController>();
  #total: number;
  #isKnown: boolean;
  error: Refused | undefined;

  /** @param total of the rows, where nothing is filtered; else null, and the first page tells it */
  constructor(asked: Asked, total: number | null, changed: () => void) {
    this.#asked = asked;
    this.#total = total ?? 0;
    this.#isKnown = total !== null;
    this.#changed = changed;
  }

  get total(): number {
    return this.#total;
  }

  /** Whether the number of rows is known. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** The row at a place, undefined while it is fetched. */
  row(index: number): TableRow | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Fetches what is in sight, and gives up what is not any more. */
  show(first: number, last: number): void {
    const wanted = new Set<number>();
    const end = this.#isKnown ? Math.min(last, this.#total - 1) : 0;
    for (let page = Math.floor(Math.max(first, 0) / PAGE_ROWS); page <= Math.floor(Math.max(end, 0) / PAGE_ROWS); page++) wanted.add(page);
    for (const [page, flight] of this.#flying) if (!wanted.has(page)) this.#drop(page, flight);
    for (const page of wanted) if (!this.#pages.has(page) && !this.#flying.has(page) && this.error === undefined) this.#fetch(page);
  }

  /** Gives up all that is under way. */
  close(): void {
    for (const [page, flight] of this.#flying) this.#drop(page, flight);
  }

  #drop(page: number, flight: AbortController): void {
    this.#flying.delete(page);
    flight.abort();
  }

  #fetch(page: number): void {
    const flight = new AbortController();
    this.#flying.set(page, flight);
    const work = async (): Promise<void> => {
      const rows = await ask<Rows>('rows', { ...this.#asked, offset: page * PAGE_ROWS, limit: PAGE_ROWS }, flight.signal);
      if (!flight.signal.aborted) this.#keep(page, rows);
    };
    work().catch((error: Refused) => {
      if (flight.signal.aborted) return;
      this.#flying.delete(page);
      this.error = error;
      this.#changed();
    });
  }

  #keep(page: number, { total, numbers, cells }: Rows): void {
    this.#flying.delete(page);
    this.#total = total;
    this.#isKnown = true;
    this.#pages.set(
      page,
      numbers.map((number, index) => ({ number, cells: cells[index] as Cell[] })),
    );
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    this.#changed();
  }
}
