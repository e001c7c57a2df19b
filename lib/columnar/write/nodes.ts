import type { PhysicalPlan, ValuePlan } from '../plan.js';
import { encodeValue } from '../../value/extended-json.js';

/** What a chunk is being filled for: says where a value stands, and collects that the plan must change. */
export interface FillContext {
  /** Index of the chunk's first row in the whole checkpoint. */
  firstRow: number;
  /** The row within the chunk that is being put. */
  row: number;
  /** Arrays that the generated code has met. */
  arrays: number;
  /** Rows that the generated code left to the closures. */
  byClosures: number;
  /** The plan met something it has no place for: evolve it and fill the chunk again. */
  stale: boolean;
}

/**
 * A node of the write plan with its scratch memory for one chunk. Slots are written by position and may be written again (a row that
 * turned out irregular is overwritten with nulls), so filling a chunk twice is harmless.
 */
export abstract class WriteNode {
  abstract readonly kind: PhysicalPlan['t'];
  /** One byte a slot, 1 = present. Meaningful only if `hasNulls`. */
  valid: Uint8Array;
  hasNulls = false;
  readonly children: WriteNode[] = [];

  constructor(
    readonly name: string,
    public capacity: number,
  ) {
    this.valid = new Uint8Array(capacity);
  }

  /** Puts a value that is neither null nor missing; false if it does not fit this node: nothing may have been kept of it then. */
  abstract put(position: number, value: unknown, context: FillContext): boolean;

  putNull(position: number): void {
    this.valid[position] = 0;
    this.hasNulls = true;
  }

  /** Starts a chunk. */
  reset(): void {
    this.hasNulls = false;
    for (const child of this.children) child.reset();
  }

  /**
   * Fills the slots of a chunk with nulls, to be overwritten where there are values: cheaper than a `putNull` for each when many are absent.
   * False if the absent ones need their `putNull` all the same.
   */
  clear(slots: number): boolean {
    this.valid.fill(0, 0, slots);
    this.hasNulls = true;
    return true;
  }

  /** Adapts to what the last chunk showed, before the next begins; true if generated code no longer fits. */
  adapt(): boolean {
    let changed = false;
    for (const child of this.children) changed = child.adapt() || changed;
    return changed;
  }

  /** Makes room for `slots`, keeping what is there. */
  ensure(slots: number): void {
    if (slots <= this.capacity) return;
    this.grow(Math.max(slots, this.capacity * 2));
  }

  protected grow(capacity: number): void {
    this.capacity = capacity;
    this.valid = grown(this.valid, new Uint8Array(capacity));
  }

  /** The logical plan of the values. */
  abstract describe(): ValuePlan;

  /** The physical plan that crosses to the core. */
  physical(): PhysicalPlan {
    const plan: PhysicalPlan = { n: this.name, t: this.kind };
    if (this.children.length > 0) plan.c = this.children.map((child) => child.physical());
    return plan;
  }
}

export function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Nothing but nulls so far: any other value makes the plan stale. */
export class NullNode extends WriteNode {
  readonly kind = 'null';

  put(_position: number, _value: unknown, context: FillContext): boolean {
    context.stale = true;
    return false;
  }

  describe(): ValuePlan {
    return { t: 'null' };
  }
}

export class NumberNode extends WriteNode {
  readonly kind = 'num';
  data: Float64Array;

  constructor(name: string, capacity: number) {
    super(name, capacity);
    this.data = new Float64Array(capacity);
  }

  put(position: number, value: unknown): boolean {
    if (typeof value !== 'number') return false;
    this.data[position] = value;
    this.valid[position] = 1;
    return true;
  }

  override putNull(position: number): void {
    super.putNull(position);
    this.data[position] = 0;
  }

  override clear(slots: number): boolean {
    this.data.fill(0, 0, slots);
    return super.clear(slots);
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.data = grown(this.data, new Float64Array(capacity));
  }

  describe(): ValuePlan {
    return { t: 'num' };
  }
}

export class BoolNode extends WriteNode {
  readonly kind = 'bool';
  data: Uint8Array;

  constructor(name: string, capacity: number) {
    super(name, capacity);
    this.data = new Uint8Array(capacity);
  }

  put(position: number, value: unknown): boolean {
    if (typeof value !== 'boolean') return false;
    this.data[position] = value ? 1 : 0;
    this.valid[position] = 1;
    return true;
  }

  override putNull(position: number): void {
    super.putNull(position);
    this.data[position] = 0;
  }

  override clear(slots: number): boolean {
    this.data.fill(0, 0, slots);
    return super.clear(slots);
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.data = grown(this.data, new Uint8Array(capacity));
  }

  describe(): ValuePlan {
    return { t: 'bool' };
  }
}

/** Small integers of our own: shape numbers. Null stands for 0. */
export class ShapeIdNode extends WriteNode {
  readonly kind = 'i32';
  data: Int32Array;

  constructor(name: string, capacity: number) {
    super(name, capacity);
    this.data = new Int32Array(capacity);
  }

  put(position: number, value: unknown): boolean {
    this.data[position] = value as number;
    this.valid[position] = 1;
    return true;
  }

  override putNull(position: number): void {
    super.putNull(position);
    this.data[position] = 0;
  }

  override clear(slots: number): boolean {
    this.data.fill(0, 0, slots);
    return super.clear(slots);
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.data = grown(this.data, new Int32Array(capacity));
  }

  describe(): ValuePlan {
    throw new TypeError('a shape number is no value');
  }
}

/** A chunk with at least this many texts shows whether they repeat. */
const DICTIONARY_MIN_SLOTS = 256;
/** A dictionary is begun when at most one text in this many is distinct, and given up when more than twice that are. */
const DICTIONARY_SLOTS_PER_ENTRY = 8;

export class TextNode extends WriteNode {
  readonly kind = 'text';
  /** The texts: one a slot, or with a dictionary one an entry. */
  parts: string[] = [];
  /** Texts with lone surrogates were met: look at each, they do not fit UTF-8. */
  checked = false;
  /** Text beyond ASCII was met: write UTF-16 at once. */
  wide = false;
  /** Index by text, for this chunk; undefined while texts are written one a slot. Looking up a text that repeats is cheaper than joining it. */
  dictionary: Map<string, number> | undefined;
  ids = new Uint32Array(0);
  /** Slots of the chunk measured last. */
  #slots = 0;
  #decided = false;

  put(position: number, value: unknown, _context: FillContext): boolean {
    if (typeof value !== 'string' || (this.checked && !value.isWellFormed())) return false;
    if (this.dictionary === undefined) this.parts[position] = value;
    else this.ids[position] = this.dictionary.get(value) ?? this.enter(value);
    this.valid[position] = 1;
    return true;
  }

  /** Adds an entry to the dictionary; gives its index. */
  enter(value: string): number {
    const id = this.parts.push(value) - 1;
    this.dictionary?.set(value, id);
    return id;
  }

  override putNull(position: number): void {
    super.putNull(position);
    if (this.dictionary === undefined) this.parts[position] = '';
    else this.ids[position] = 0;
  }

  override clear(slots: number): boolean {
    if (this.dictionary !== undefined) this.ids.fill(0, 0, slots);
    else for (let position = 0; position < slots; position++) this.parts[position] = '';
    return super.clear(slots);
  }

  override reset(): void {
    super.reset();
    if (this.dictionary === undefined) return;
    this.dictionary.clear();
    this.parts.length = 0;
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    if (this.dictionary !== undefined) this.ids = grown(this.ids, new Uint32Array(capacity));
  }

  /** Takes note of the slots of a filled chunk. */
  measured(slots: number): void {
    this.#slots = slots;
  }

  /** Begins or gives up the dictionary by what the last chunk showed; true if that changed. */
  override adapt(): boolean {
    const slots = this.#slots;
    this.#slots = 0;
    if (this.#decided || slots < DICTIONARY_MIN_SLOTS) return false;
    if (this.dictionary === undefined) {
      this.#decided = new Set(this.parts).size * DICTIONARY_SLOTS_PER_ENTRY > slots;
      if (this.#decided) return false;
      this.dictionary = new Map();
      this.ids = new Uint32Array(this.capacity);
      return true;
    }
    this.#decided = this.parts.length * DICTIONARY_SLOTS_PER_ENTRY > slots * 2;
    if (this.#decided) this.dictionary = undefined;
    return this.#decided;
  }

  describe(): ValuePlan {
    return { t: 'text' };
  }
}

/** The exceptions of a column, or whole rows, as JSON text: cleared at the start of each chunk, so null but where there is one. */
export class ExceptionNode extends TextNode {
  /** Texts of irregular values hardly repeat. */
  override adapt(): boolean {
    return false;
  }
}

/** Any value, as JSON text. */
export class JsonNode extends TextNode {
  constructor(
    name: string,
    capacity: number,
    /** Where in the row the values stand, for messages. */
    readonly path: string,
    /** How many objects and arrays they are inside of. */
    readonly depth: number,
  ) {
    super(name, capacity);
  }

  override put(position: number, value: unknown, context: FillContext): boolean {
    this.parts[position] = encodeValue(value, { row: context.firstRow + context.row, path: this.path, depth: this.depth });
    this.valid[position] = 1;
    return true;
  }

  /** Texts of irregular values hardly repeat. */
  override adapt(): boolean {
    return false;
  }

  override describe(): ValuePlan {
    return { t: 'json' };
  }
}
