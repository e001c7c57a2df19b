import { CheckpointError } from '../../base/errors.js';
import { isPlainObject } from '../../base/rows.js';

/** The files that a thin checkpoint refers to, and which columns of it are where: FORMAT.md, "Thin checkpoints". */
const KEY_HOLDERS = 'arrow-ckpt.holders';
const KEY_REFS = 'arrow-ckpt.refs';

/** A file that a thin one refers to. */
export interface Holder {
  id: string;
  bytes: number;
  /** The checksum of its footer. */
  footer: string;
  rows: number;
  /** Where it was, from the folder that has the pool. */
  hint: string;
}

/** A column whose values are in other files, some or all. */
interface ColumnReference {
  /** The stored columns: rows of holders, holders, own values. */
  r: string;
  h?: string;
  v?: string;
  /** Holder, and the column there. */
  of: readonly (readonly [number, string])[];
  /** Rows whose value is in a holder. */
  rows: number;
  /** What they would take in this file, about. */
  bytes: number;
}

/** What a footer says of other files. */
export interface References {
  holders: readonly Holder[];
  columns: ReadonlyMap<string, ColumnReference>;
}

/** Undefined for a whole file. @throws `ERR_CKPT_CORRUPT` for what no save writes */
export function referencesOf(keyValues: Readonly<Record<string, string>>): References | undefined {
  const [holders, columns] = [keyValues[KEY_HOLDERS], keyValues[KEY_REFS]];
  if (holders === undefined || columns === undefined) return undefined;
  const list = parse(holders);
  const refs = parse(columns);
  if (!Array.isArray(list) || !list.every(isHolder) || !isPlainObject(refs)) throw corrupt();
  const known = new Map<string, ColumnReference>();
  for (const [name, column] of Object.entries(refs)) {
    if (!isReference(column) || column.of.some(([holder]) => list[holder] === undefined)) throw corrupt();
    known.set(name, { ...column, rows: column.rows ?? 0, bytes: column.bytes ?? 0 });
  }
  return { holders: list, columns: known };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw corrupt();
  }
}

function isHolder(value: unknown): value is Holder {
  if (!isPlainObject(value)) return false;
  const { id, bytes, footer, rows, hint } = value;
  return (
    typeof id === 'string' &&
    /^[0-9a-f]{32}$/.test(id) &&
    typeof footer === 'string' &&
    typeof hint === 'string' &&
    Number.isSafeInteger(bytes) &&
    Number.isSafeInteger(rows)
  );
}

function isReference(value: unknown): value is ColumnReference {
  if (!isPlainObject(value)) return false;
  const { r, h, v, of } = value;
  const isPlace = (place: unknown): boolean => Array.isArray(place) && Number.isInteger(place[0]) && typeof place[1] === 'string';
  const isName = (name: unknown): boolean => name === undefined || typeof name === 'string';
  return typeof r === 'string' && isName(h) && isName(v) && Array.isArray(of) && of.every(isPlace);
}

function corrupt(): CheckpointError {
  return new CheckpointError('ERR_CKPT_CORRUPT', 'the file is corrupt: what it says of other files is not as a save writes it');
}
