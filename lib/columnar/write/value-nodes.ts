import type { ValuePlan } from '../plan.js';
import { kindOf } from '../../value/kind.js';
import { ListNode } from './containers.js';
import { grown, WriteNode } from './nodes.js';

/** Milliseconds of a `Date` that a timestamp column holds; NaN for an invalid one and for anything else. */
export function millisecondsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || kindOf(value) !== 'date' || Object.keys(value).length > 0) return NaN;
  return Date.prototype.getTime.call(value);
}

/** Whether a bigint fits int64. */
export function isInt64(value: unknown): value is bigint {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
}

/** Valid dates. */
export class DateNode extends WriteNode {
  readonly kind = 'date';
  data: Float64Array;

  constructor(name: string, capacity: number) {
    super(name, capacity);
    this.data = new Float64Array(capacity);
  }

  put(position: number, value: unknown): boolean {
    const ms = millisecondsOf(value);
    if (Number.isNaN(ms)) return false;
    this.data[position] = ms;
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
    return { t: 'date' };
  }
}

/** Big integers that fit int64. */
export class BigNode extends WriteNode {
  readonly kind = 'big';
  data: BigInt64Array;

  constructor(name: string, capacity: number) {
    super(name, capacity);
    this.data = new BigInt64Array(capacity);
  }

  put(position: number, value: unknown): boolean {
    if (!isInt64(value)) return false;
    this.data[position] = value;
    this.valid[position] = 1;
    return true;
  }

  override putNull(position: number): void {
    super.putNull(position);
    this.data[position] = 0n;
  }

  override clear(slots: number): boolean {
    this.data.fill(0n, 0, slots);
    return super.clear(slots);
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.data = grown(this.data, new BigInt64Array(capacity));
  }

  describe(): ValuePlan {
    return { t: 'big' };
  }
}

const NO_BYTES = new Uint8Array(0);

/** Bytes: kept by reference until the chunk is written. */
export class BytesNode extends WriteNode {
  readonly kind = 'bytes';
  readonly parts: Uint8Array[] = [];

  put(position: number, value: unknown): boolean {
    if (typeof value !== 'object' || value === null || kindOf(value) !== 'bytes') return false;
    this.parts[position] = value as Uint8Array;
    this.valid[position] = 1;
    return true;
  }

  override putNull(position: number): void {
    super.putNull(position);
    this.parts[position] = NO_BYTES;
  }

  override clear(slots: number): boolean {
    for (let position = 0; position < slots; position++) this.parts[position] = NO_BYTES;
    return super.clear(slots);
  }

  /** Bytes of the first `slots` parts. */
  total(slots: number): number {
    let bytes = 0;
    for (let index = 0; index < slots; index++) bytes += (this.parts[index] as Uint8Array).byteLength;
    return bytes;
  }

  describe(): ValuePlan {
    return { t: 'bytes' };
  }
}

/** The elements of float arrays: never null, never put one by one. */
export class FloatNode extends WriteNode {
  data: Float64Array | Float32Array;

  constructor(
    readonly kind: 'f64' | 'f32',
    capacity: number,
  ) {
    super('element', capacity);
    this.data = this.#make(capacity);
  }

  #make(capacity: number): Float64Array | Float32Array {
    return this.kind === 'f64' ? new Float64Array(capacity) : new Float32Array(capacity);
  }

  put(): boolean {
    return false;
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.data = grown(this.data, this.#make(capacity));
  }

  describe(): ValuePlan {
    throw new TypeError('an element of a float array is no value');
  }
}

/** `Float64Array`s or `Float32Array`s: lists whose elements are copied in bulk. */
export class FloatsNode extends ListNode {
  constructor(
    name: string,
    capacity: number,
    readonly of: 'f64' | 'f32',
  ) {
    super(name, capacity, new FloatNode(of, 0));
  }

  override put(position: number, value: unknown): boolean {
    if (typeof value !== 'object' || value === null || kindOf(value) !== this.of) return false;
    const floats = value as Float64Array;
    const start = this.cursor;
    this.child.ensure(start + floats.length);
    (this.child as FloatNode).data.set(floats, start);
    this.cursor = this.ends[position] = start + floats.length;
    this.valid[position] = 1;
    return true;
  }

  override describe(): ValuePlan {
    return { t: this.of === 'f64' ? 'f64s' : 'f32s' };
  }
}
