import type { ReadOptions, Row, Where } from 'arrow-ckpt';
import { predicateOf } from '../../lib/select/predicate.ts';
import { parseWhere } from '../../lib/options/where.ts';
import { differenceOf } from '../support/exact.ts';

/** What to ask of a file, and the rows that must come of it. */
interface PartialRead {
  options: ReadOptions;
  expected: Row[];
}

const MAX_COLUMNS = 12;
const MAX_CONDITIONS = 6;

/**
 * Partial reads of a file whose rows are known: windows, single columns, conditions on values that occur, and conditions with other
 * columns.
 */
function partialReads(rows: readonly Row[]): PartialRead[] {
  const middle = Math.floor(rows.length / 2);
  const windows: { offset?: number; limit?: number }[] = [
    { limit: 1 },
    { offset: Math.max(rows.length - 1, 0) },
    { offset: middle, limit: 3 },
    { offset: rows.length + 1 },
  ];
  const reads: PartialRead[] = windows.map((options) => {
    const { offset = 0, limit = rows.length } = options;
    return { options, expected: rows.slice(offset, offset + limit) };
  });
  // What begins with `$` is a word of conditions.
  const names = Object.keys(rows[0] ?? {}).filter((name) => !name.startsWith('$') && name !== '');
  for (const name of names.slice(0, MAX_COLUMNS)) {
    reads.push({ options: { columns: [name] }, expected: rows.map((row) => only(row, name)) });
  }
  for (const name of names.slice(0, MAX_CONDITIONS)) {
    for (const where of conditions(name, rows[middle]![name])) {
      const wanted = rows.filter(predicateOf(parseWhere(where)));
      const other = names.at(-1)!;
      reads.push(
        { options: { where }, expected: wanted },
        { options: { where, columns: [other] }, expected: wanted.map((row) => only(row, other)) },
        { options: { where, offset: 1, limit: 2 }, expected: wanted.slice(1, 3) },
      );
    }
  }
  return reads;
}

/** A row with one of its keys, if it has it. */
function only(row: Row, name: string): Row {
  return Object.hasOwn(row, name) ? { [name]: row[name] } : {};
}

function conditions(name: string, value: unknown): Where[] {
  const isNull: Where = { [name]: null };
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isNaN(value))) return [isNull, { [name]: value }];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint' && !(value instanceof Date)) return [isNull];
  return [isNull, { [name]: value }, { [name]: { $gte: value } }, { [name]: { $ne: value } }] as Where[];
}

/** The first partial read that does not give what the whole read gave, in words; undefined where all do. */
export async function partialDifference(rows: readonly Row[], read: (options: ReadOptions) => Promise<Row[]>): Promise<string | undefined> {
  for (const { options, expected } of partialReads(rows)) {
    const shown = JSON.stringify(options, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    try {
      const difference = differenceOf(await read(options), expected);
      if (difference !== undefined) return `${shown}: ${difference}`;
    } catch (error) {
      return `${shown}: ${String((error as { code?: unknown }).code ?? error)}: ${(error as Error).message}`;
    }
  }
  return undefined;
}
