import { CheckpointError } from '../../base/errors.js';
import { invalid } from '../../base/messages.js';
import { cut } from './cell-of.js';
import type { Checkpoints, Viewed } from './checkpoints.js';
import { imageKind } from './image-kind.js';
import { jsonSize } from './json-size.js';
import type { Places } from './places.js';
import { profileOf } from './profile-of.js';
import type { Query } from './query.js';
import type { Questions } from './questions.js';
import { rowOrder, type RowOrder } from './row-order.js';
import { rowOf, rowsOf } from './rows-of.js';
import { runDifference } from './run-difference.js';
import { shownOf, valueAtPath } from './shown-of.js';
import type { Alive, Difference, JsonSize, Listing, Opened, Profile, Rows, Shown, SqlRows, SqlTables } from './wire.js';

/** Rows in one answer. */
const MOST_ROWS = 500;
/** Code units in one answer about one value, and elements. */
const VALUE_LIMITS = { text: 200_000, items: 1000, total: 400_000 };
/** Orders of rows that are kept for each checkpoint: of a million rows one takes 4 MB. */
const MOST_ORDERS = 3;

/** Code units of a member of metadata. */
const MOST_METADATA = 20_000;

/** What an answer is made from. */
interface Asking {
  places: Places;
  checkpoints: Checkpoints;
  questions: Questions;
  query: Query;
  /** Aborted when the page does not wait any more. */
  signal: AbortSignal;
  /** Aborted when the viewer ends: for what others may wait for, too. */
  ended: AbortSignal;
}

/** Bytes of a picture, as they are in a row. */
export class Picture {
  constructor(
    readonly type: string,
    readonly bytes: Uint8Array,
  ) {}
}

type Answer = (asking: Asking) => Promise<unknown>;

/** What can be asked, by the last part of the address. Everything is read, nothing is changed. */
export const ANSWERS: Readonly<Record<string, Answer>> = {
  list: ({ places, query }): Promise<Listing> => (query.optional('known') === 'true' ? places.known() : places.list()),
  alive: alive,
  size: (asking): Promise<JsonSize> => once(asking, 'size', ({ file }) => jsonSize(file, asking.ended)),
  open: (asking): Promise<Opened> => using(asking, async (viewed) => openedOf(viewed)),
  rows: rows,
  row: row,
  difference: difference,
  tables: ({ questions }): Promise<SqlTables> => questions.tables(),
  sql: ({ questions, query, signal }): Promise<SqlRows> => questions.ask(query.text('text'), signal),
  image: image,
  profile: (asking): Promise<Profile> => {
    const column = asking.query.text('column');
    return once(asking, `profile ${column}`, ({ file }) => profileOf(file, column, asking.ended));
  },
};

async function alive({ checkpoints, query }: Asking): Promise<Alive> {
  const [id, state] = [query.optional('id'), query.optional('state')];
  return { changed: id !== undefined && state !== undefined && (await checkpoints.hasChanged(id, state)) };
}

/** What is known of an open checkpoint. */
export function openedOf({ entry, state, file: { info } }: Viewed): Opened {
  return {
    entry,
    state,
    rows: info.rows,
    hash: entry.hash,
    metadata: Object.entries(info.metadata).map(([key, value]) => [
      key,
      value.length > MOST_METADATA ? `${cut(value, MOST_METADATA)} …` : value,
    ]),
    columns: info.columns.map(({ name, type, bytes, nulls, exceptions }) => ({ name, type, bytes, nulls, exceptions })),
  };
}

async function rows(asking: Asking): Promise<Rows> {
  const { query, signal } = asking;
  const offset = query.count('offset', 0);
  const limit = query.count('limit', 100, MOST_ROWS);
  const columns = query.all('column');
  return using(asking, async (viewed) => rowsOf(viewed.file, await orderOf(viewed, asking), { offset, limit, columns, signal }));
}

/** The order that is asked for, found once. */
function orderOf(viewed: Viewed, { query, ended }: Asking): Promise<RowOrder> {
  const where = query.all('where');
  const column = query.optional('sort');
  const sort = column === undefined ? null : { column, descending: query.optional('descending') === 'true' };
  if (where.length === 0 && sort === null) return Promise.resolve({ total: viewed.file.info.rows, numbers: null });
  const name = `order ${JSON.stringify([where, sort])}`;
  const orders = [...viewed.known.keys()].filter((key) => key.startsWith('order '));
  if (!viewed.known.has(name) && orders.length >= MOST_ORDERS) viewed.known.delete(orders[0] as string);
  return remembered(viewed, name, () => rowOrder(viewed.file, { where, sort }, ended));
}

/** A row, or a value in it from some element or code unit on. */
async function row(asking: Asking): Promise<Shown> {
  const { query } = asking;
  const path = query.optional('path') === undefined ? [] : query.path('path');
  const { value } = await valueOf(asking, path);
  return path.length === 0 ? shownOf(value) : shownOf(value, VALUE_LIMITS, query.count('from', 0));
}

/** What differs between two checkpoints. */
async function difference({ checkpoints, query, signal }: Asking): Promise<Difference> {
  const asked = { key: query.all('key'), limit: query.count('limit', 100, MOST_ROWS), signal };
  return checkpoints.use(query.text('a'), undefined, (a) => checkpoints.use(query.text('b'), undefined, (b) => runDifference(a, b, asked)));
}

async function image(asking: Asking): Promise<Picture> {
  const { value } = await valueOf(asking, asking.query.path('path'));
  const kind = value instanceof Uint8Array ? imageKind(value) : undefined;
  if (kind === undefined) throw invalid('this value is no picture that is shown: PNG and JPEG are');
  return new Picture(`image/${kind}`, value as Uint8Array);
}

async function valueOf(asking: Asking, path: readonly (string | number)[]): Promise<{ value: unknown }> {
  const number = asking.query.count('row', 0);
  return using(asking, async ({ file }) => {
    const row = number < file.info.rows ? await rowOf(file, number, asking.signal) : undefined;
    const { found, value } = valueAtPath(row, path);
    if (row === undefined || !found) throw new CheckpointError('ERR_CKPT_NOT_FOUND', `row ${number} has no such value`);
    return { value };
  });
}

function using<T>({ checkpoints, query }: Asking, work: (viewed: Viewed) => Promise<T>): Promise<T> {
  return checkpoints.use(query.text('id'), query.optional('state'), work);
}

/** What is found out once for each state of a checkpoint. */
function once<T>(asking: Asking, name: string, work: (viewed: Viewed) => Promise<T>): Promise<T> {
  return using(asking, (viewed) => remembered(viewed, name, () => work(viewed)));
}

/** A failure is not remembered: the next request may have better luck. */
function remembered<T>({ known }: Viewed, name: string, work: () => Promise<T>): Promise<T> {
  const before = known.get(name) as Promise<T> | undefined;
  if (before !== undefined) return before;
  const begun = work();
  known.set(name, begun);
  begun.catch(() => known.delete(name));
  return begun;
}
