import type { ReadNode, RowRead } from '../read/tree.js';
import { FORM_F32, FORM_F64, FORM_FAR_TIMESTAMP, FORM_I64, FORM_NULL, FORM_U64, NODE_WORDS } from '../layout.js';
import type { Arena } from '../read/views.js';
import { NULLS, type Odd } from './base-column.js';
import type { BlockValues } from './block-values.js';
import type { AnyColumn, StringChunk } from './column.js';
import { ListColumn } from './list-column.js';
import { emptyValues, ScalarColumn, type ScalarKind } from './scalar-column.js';
import { StringColumn } from './string-column.js';
import { ValueColumn } from './value-column.js';
import type { WantedColumn } from './wanted-columns.js';

/** The column of a block, over the block's memory, which is the column's from now on. `values`: what the rows of the block hold. */
export function blockColumn(wanted: WantedColumn, values: BlockValues): AnyColumn {
  const { name, node } = wanted;
  const odd: Odd = (row) => values.of(wanted, row);
  if (node === undefined)
    return new ValueColumn(name, kindOfNone(wanted, values.plan), values.rows, new Uint8Array(values.rows), odd) as AnyColumn;
  const { arena } = values;
  const at = 2 + node.node * NODE_WORDS;
  const count = arena.u32[at] as number;
  const form = arena.u32[at + 1] as number;
  if (node.kind === 'null' || form === FORM_NULL) return nullColumn(wanted, count, odd);
  const validity = validityOf(arena, at, count);
  // Where all rows have the key and nothing stands beside the column, what is not valid is null.
  const others = validity === null || values.isPlain(wanted) ? NULLS : odd;
  return (typed(wanted, node, values, { at, count, form, validity, odd, others }) ??
    new ValueColumn(name, kindOf(wanted, node), count, validity, odd)) as AnyColumn;
}

/** Whether the column is one of numbers, bigints, booleans or dates. */
export function isScalar({ node, physical }: WantedColumn): boolean {
  return node !== undefined && (SCALARS[node.kind] !== undefined || physical === 'date' || physical === 'timestamp');
}

/** The column of no rows. */
export function emptyColumn(wanted: WantedColumn, plan: Pick<RowRead, 'texts'>): AnyColumn {
  const { name, node, physical } = wanted;
  const scalar = physical === 'date' || physical === 'timestamp' ? 'date' : node && SCALARS[node.kind];
  if (scalar !== undefined) return new ScalarColumn(name, scalar, emptyValues(scalar, 0), null, NULLS) as AnyColumn;
  if (node?.kind === 'list') return new ListColumn(name, [], null, NULLS) as AnyColumn;
  if ((node?.kind === 'text' || node?.kind === 'dict') && !node.json) return new StringColumn(name, [], null, NULLS) as AnyColumn;
  return new ValueColumn(
    name,
    node === undefined ? kindOfNone(wanted, plan) : node.kind === 'null' ? 'null' : kindOf(wanted, node),
    0,
    null,
    NULLS,
  ) as AnyColumn;
}

/** The kind of a column that no node of the file is: of null where no row can have it. */
function kindOfNone({ field }: WantedColumn, { texts }: Pick<RowRead, 'texts'>): 'null' | 'mixed' {
  return field < 0 && texts === undefined ? 'null' : 'mixed';
}

const SCALARS: Partial<Record<ReadNode['kind'], ScalarKind>> = { number: 'number', big: 'bigint', bool: 'boolean' };

interface Slots {
  /** The place of the node's words. */
  at: number;
  count: number;
  form: number;
  validity: Uint8Array | null;
  /** The values by rows. */
  odd: Odd;
  /** Those of the slots that are not valid. */
  others: Odd;
}

function typed({ name, physical }: WantedColumn, node: ReadNode, values: BlockValues, slots: Slots): object | undefined {
  const { arena } = values;
  const { at, count, form, validity, odd, others } = slots;
  const memory = arena.bytes.buffer;
  const data = arena.u32[at + 3] as number;
  switch (node.kind) {
    case 'number': {
      const Numbers = FLOATS[form];
      if (Numbers === undefined) return wideNumbers(name, arena, slots);
      const numbers = new Numbers(memory as ArrayBuffer, data, count);
      const doubles = numbers instanceof Float64Array ? numbers : new Float64Array(numbers);
      return new ScalarColumn(name, 'number', doubles, validity, others);
    }
    case 'big': {
      if (form === FORM_I64) return new ScalarColumn(name, 'bigint', new BigInt64Array(memory, data, count), validity, others);
      const doubles = new Float64Array(memory, data, count);
      const bigs = BigInt64Array.from(doubles, (value, row) => (validity === null || validity[row] === 1 ? BigInt(value) : 0n));
      return new ScalarColumn(name, 'bigint', bigs, validity, others);
    }
    case 'bool':
      return new ScalarColumn(name, 'boolean', new Uint8Array(memory, data, count), validity, others);
    case 'text':
    case 'dict': {
      if (node.json) return undefined;
      return new StringColumn(
        name,
        [stringChunk(arena, slots, node.kind === 'dict' ? values.dictionary(node.node) : undefined)],
        validity,
        others,
      );
    }
    case 'value':
      return physical === 'date' || physical === 'timestamp' ? dates(name, arena, slots) : undefined;
    case 'list':
      return new ListColumn(
        name,
        [{ length: count, offsets: offsetsOf(arena, data, count), values: numbersOf(node.element, arena) }],
        validity,
        odd,
      );
    default:
      return undefined;
  }
}

function nullColumn({ name }: WantedColumn, count: number, odd: Odd): AnyColumn {
  return new ValueColumn(name, 'null', count, new Uint8Array(count), odd) as AnyColumn;
}

function kindOf({ physical }: WantedColumn, node: ReadNode): 'bytes' | 'struct' | 'map' | 'mixed' {
  if (node.kind === 'struct' || node.kind === 'map') return node.kind;
  return physical === 'bytes' ? 'bytes' : 'mixed';
}

function validityOf({ bytes, u32 }: Arena, at: number, count: number): Uint8Array | null {
  const from = u32[at + 2] as number;
  return from === 0 ? null : new Uint8Array(bytes.buffer, from, count);
}

/** Integers that are not all safe: those that are become numbers, the others are not valid. */
function wideNumbers(name: string, { bytes, u32 }: Arena, { at, count, form, validity, odd }: Slots): object | undefined {
  if (form !== FORM_I64 && form !== FORM_U64) return undefined;
  const data = u32[at + 3] as number;
  const wide = form === FORM_I64 ? new BigInt64Array(bytes.buffer, data, count) : new BigUint64Array(bytes.buffer, data, count);
  const numbers = Float64Array.from(wide as Iterable<bigint>, Number);
  const safe = Uint8Array.from(numbers, (value, row) => (Number.isSafeInteger(value) && validity?.[row] !== 0 ? 1 : 0));
  return new ScalarColumn(name, 'number', numbers, safe, odd);
}

/** Dates; a time between two milliseconds, or one that a Date cannot hold, is a text and not valid. */
function dates(name: string, { bytes, u32 }: Arena, { at, count, form, validity, odd, others }: Slots): object {
  const data = u32[at + 3] as number;
  const times =
    form === FORM_FAR_TIMESTAMP
      ? Float64Array.from(new BigInt64Array(bytes.buffer, data, count) as Iterable<bigint>, Number)
      : new Float64Array(bytes.buffer, data, count);
  const nanosAt = u32[at + 8] as number;
  const nanos = nanosAt === 0 ? undefined : new Uint32Array(bytes.buffer, nanosAt, count);
  const isText = (row: number): boolean => (nanos !== undefined && nanos[row] !== 0) || Math.abs(times[row] as number) > MAX_DATE;
  let valid = validity;
  for (let row = 0; row < count; row++) {
    if (validity?.[row] === 0 || !isText(row)) continue;
    if (valid === validity) valid = validity === null ? new Uint8Array(count).fill(1) : validity.slice();
    (valid as Uint8Array)[row] = 0;
  }
  return new ScalarColumn(name, 'date', times, valid, valid === validity ? others : odd);
}

/** Milliseconds from 1970 to the ends of time (ECMA-262, 21.4.1.1). */
const MAX_DATE = 8.64e15;

/** `length + 1` offsets of ends. */
function offsetsOf({ bytes }: Arena, data: number, count: number): Uint32Array {
  const offsets = new Uint32Array(count + 1);
  offsets.set(new Uint32Array(bytes.buffer, data, count), 1);
  return offsets;
}

function stringChunk(arena: Arena, { at, count }: Slots, dictionary: readonly string[] | undefined): StringChunk {
  const { bytes, u32 } = arena;
  const data = u32[at + 3] as number;
  if (dictionary !== undefined) return { length: count, codes: new Uint32Array(bytes.buffer, data, count), dictionary };
  const from = u32[at + 4] as number;
  const size = u32[at + 5] as number;
  const isWide = u32[at + 6] === 1;
  const units = isWide ? new Uint16Array(bytes.buffer, from, size / 2) : new Uint8Array(bytes.buffer, from, size);
  return { length: count, offsets: offsetsOf(arena, data, count), data: units };
}

/** The elements of a block's lists, if they are all numbers. */
function numbersOf(element: ReadNode, arena: Arena): Float64Array | Float32Array | null {
  const at = 2 + element.node * NODE_WORDS;
  const count = arena.u32[at] as number;
  const Numbers = FLOATS[arena.u32[at + 1] as number] ?? (count === 0 ? Float64Array : undefined);
  if (element.kind !== 'number' || Numbers === undefined) return null;
  const valid = validityOf(arena, at, count);
  if (valid?.includes(0) === true) return null;
  return new Numbers(arena.bytes.buffer as ArrayBuffer, arena.u32[at + 3] as number, count);
}

/** The forms of numbers, with their arrays. */
const FLOATS: Partial<Record<number, typeof Float64Array | typeof Float32Array>> = { [FORM_F64]: Float64Array, [FORM_F32]: Float32Array };
