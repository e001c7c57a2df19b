import { CheckpointError, type CheckpointErrorCode } from '../../base/errors.js';
import { isPlainObject } from '../../base/rows.js';
import { KEY_VERSION, THIN_VERSION } from './file-keys.js';

/** The files that a thin checkpoint refers to, and which columns of it are where: FORMAT.md, "Thin checkpoints". */
const KEY_HOLDERS = 'arrow-ckpt.holders';
const KEY_REFS = 'arrow-ckpt.refs';
/** What others know a file by. */
export const KEY_ID = 'arrow-ckpt.id';
/** Where a file says what its values are, for those that look for them. */
export const KEY_DIGESTS = 'arrow-ckpt.digests';

/** As in crates/arrow-ckpt/src/limits.rs. */
export const MAX_HOLDERS = 64;
const MAX_REFERENCE_BYTES = 16 << 20;
const MAX_ROWS = 2 ** 32 - 2;
const MAX_HINT = 4096;
/** What a length of 64 bits is below. */
const END_OF_LENGTHS = 2 ** 64;

/** A file that a thin one refers to. */
export interface Holder {
  id: string;
  bytes: number;
  /** The checksum of its footer. */
  footer: string;
  rows: number;
  /** Where it was, from the folder that has the pool; may be empty. */
  hint: string;
}

/** A column whose values are in other files, some or all. */
export interface ColumnReference {
  /** The type in words. */
  t: string;
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

/**
 * What a footer of ours says of other files, with the checks of crates/arrow-ckpt/src/decode/references.rs; undefined for a whole file.
 * @throws `ERR_CKPT_CORRUPT`, `ERR_CKPT_LIMIT` for what no save writes
 */
export function referencesOf(keyValues: Readonly<Record<string, string>>): References | undefined {
  if (Number(keyValues[KEY_VERSION]) !== THIN_VERSION) return undefined;
  const [named, refs] = [parse(keyValues, KEY_HOLDERS), parse(keyValues, KEY_REFS)];
  if (!Array.isArray(named) || !isPlainObject(refs)) throw corrupt('what it says of other files is neither a list nor an object');
  if (named.length > MAX_HOLDERS) throw refused(`it refers to ${named.length} other files, more than ${MAX_HOLDERS}`);
  const holders = named.map(holderOf);
  const ids = new Set([keyValues[KEY_ID]]);
  for (const { id } of holders) {
    if (ids.has(id)) throw corrupt(`it refers to the file ${id} twice, or to itself`);
    ids.add(id);
  }
  const columns = new Map<string, ColumnReference>();
  const stored = new Set<string>();
  for (const [name, column] of Object.entries(refs)) {
    const reference = referenceOf(column, name, holders.length);
    for (const part of [reference.r, reference.h, reference.v]) {
      if (part !== undefined && stored.has(part)) throw corrupt('a stored column is told twice of', name);
      if (part !== undefined) stored.add(part);
    }
    columns.set(name, reference);
  }
  return { holders, columns };
}

function parse(keyValues: Readonly<Record<string, string>>, key: string): unknown {
  const text = keyValues[key];
  if (text === undefined) throw corrupt(`its key-value ${key} is missing`);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_REFERENCE_BYTES) throw refused(`its key-value ${key} has ${bytes} bytes, more than ${MAX_REFERENCE_BYTES}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt(`its key-value ${key} is not JSON`);
  }
  // Of two members of one key the first would be lost.
  if (keysIn(value) !== membersIn(text)) throw corrupt(`its key-value ${key} has a key twice`);
  return value;
}

/** The members of all objects in JSON text: colons outside of texts. */
function membersIn(text: string): number {
  let [members, isText] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"') isText = !isText;
    else if (isText && letter === '\\') at++;
    else if (!isText && letter === ':') members++;
  }
  return members;
}

/** The members of all objects in a value, however deep. */
function keysIn(value: unknown): number {
  let keys = 0;
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null) continue;
    const members = Object.values(next);
    if (!Array.isArray(next)) keys += members.length;
    for (const member of members) left.push(member);
  }
  return keys;
}

function holderOf(value: unknown): Holder {
  const { id, bytes, footer, rows, hint = '' } = isPlainObject(value) ? value : {};
  if (typeof id !== 'string' || !/^[0-9a-f]{32}$/.test(id)) throw corrupt('a file that it refers to has no id of 32 hex digits');
  if (typeof footer !== 'string' || !/^[0-9a-f]{8}$/.test(footer))
    throw corrupt(`the footer's checksum of the file ${id} that it refers to is none`);
  if (!isCount(bytes, END_OF_LENGTHS) || !isCount(rows, MAX_ROWS + 1))
    throw corrupt(`the file ${id} that it refers to has too many rows, or a length that is none`);
  if (typeof hint !== 'string' || !isHint(hint)) throw corrupt(`the place of the file ${id} that it refers to is no relative path`);
  return { id, bytes, footer, rows, hint };
}

function isCount(value: unknown, end: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;
}

/** Nobody is led out of the directory. */
function isHint(hint: string): boolean {
  if (hint === '') return true;
  const foreign = process.platform === 'win32' ? /[\0\\:]/ : /\0/;
  if (Buffer.byteLength(hint) > MAX_HINT || foreign.test(hint)) return false;
  return hint.split('/').every((step) => step !== '' && step !== '.' && step !== '..');
}

function referenceOf(value: unknown, name: string, holders: number): ColumnReference {
  const { t, r, h, v, of, rows, bytes } = isPlainObject(value) ? value : {};
  if (typeof t !== 'string' || typeof r !== 'string' || !isName(h) || !isName(v) || !Array.isArray(of) || !of.every(isPlace))
    throw corrupt('what it says of a column in other files is not as a save writes it', name);
  const seen = new Set(of.map(([holder]) => holder));
  if (of.length === 0 || seen.size < of.length || of.some(([holder]) => !isCount(holder, holders)))
    throw corrupt("a column's values are in no file, in one twice, or in one that is not named", name);
  const told = (count: unknown): number => (isCount(count, END_OF_LENGTHS) ? count : 0);
  const reference: ColumnReference = { t, r, of, rows: told(rows), bytes: told(bytes) };
  if (typeof h === 'string') reference.h = h;
  else if (of.length > 1) throw corrupt('a column does not tell in which of several files its values are', name);
  if (typeof v === 'string') reference.v = v;
  return reference;
}

function isName(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

function isPlace(value: unknown): value is [number, string] {
  return Array.isArray(value) && value.length === 2 && Number.isInteger(value[0]) && typeof value[1] === 'string';
}

/** The error of references that no save writes. */
export function corrupt(how: string, column?: string): CheckpointError {
  return fault('ERR_CKPT_CORRUPT', `the file is corrupt: ${how}`, column);
}

/** The error of references beyond a cap. */
export function refused(how: string, column?: string): CheckpointError {
  return fault('ERR_CKPT_LIMIT', `the file is refused: ${how}`, column);
}

function fault(code: CheckpointErrorCode, message: string, column: string | undefined): CheckpointError {
  return new CheckpointError(
    code,
    column === undefined ? message : `column '${column}': ${message}`,
    column === undefined ? {} : { column },
  );
}
