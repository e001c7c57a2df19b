import type { PhysicalPlan, ValuePlan } from '../plan.js';
import { kindOf } from '../../base/value/kind-of.js';
import { grown, WriteNode } from './nodes.js';

/** What a node can hold its slots in. */
type Data = Float64Array | Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** Nodes whose slots are the elements of one typed array; a null is its zero. */
abstract class DataNode<T extends Data> extends WriteNode {
  data: T;
  readonly #make: (length: number) => T;
  readonly #zero: T[number];

  constructor(name: string, capacity: number, make: (length: number) => T) {
    super(name, capacity);
    this.#make = make;
    this.data = make(capacity);
    this.#zero = make(1)[0] as T[number];
  }

  override putNull(position: number): void {
    super.putNull(position);
    this.data[position] = this.#zero;
  }

  override clear(slots: number): void {
    this.data.fill(this.#zero as never, 0, slots);
    super.clear(slots);
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.data = grown(this.data as { set(from: unknown): void }, this.#make(capacity)) as T;
  }
}

/** Numbers. */
export class NumberNode extends DataNode<Float64Array> {
  readonly kind = 'num';
  /** They are stored as doubles, also where all are integers. */
  isDouble = false;
  /** Only safe integers other than -0 fit: the core then stores them as int64. */
  isInteger = false;

  constructor(name: string, capacity: number) {
    super(name, capacity, (length) => new Float64Array(length));
  }

  put(position: number, value: unknown): boolean {
    if (typeof value !== 'number' || (this.isInteger && (!Number.isSafeInteger(value) || Object.is(value, -0)))) return false;
    this.data[position] = value;
    this.valid[position] = 1;
    return true;
  }

  describe(): ValuePlan {
    return { t: 'num' };
  }

  override physical(): PhysicalPlan {
    return { n: this.name, t: this.isDouble ? 'f64' : 'num' };
  }
}

/** Booleans, one byte each. */
export class BoolNode extends DataNode<Uint8Array> {
  readonly kind = 'bool';

  constructor(name: string, capacity: number) {
    super(name, capacity, (length) => new Uint8Array(length));
  }

  put(position: number, value: unknown): boolean {
    if (typeof value !== 'boolean') return false;
    this.data[position] = value ? 1 : 0;
    this.valid[position] = 1;
    return true;
  }

  describe(): ValuePlan {
    return { t: 'bool' };
  }
}

/** Small integers of our own: shape numbers. Null stands for 0. */
export class ShapeIdNode extends DataNode<Int32Array> {
  readonly kind = 'i32';

  constructor(name: string, capacity: number) {
    super(name, capacity, (length) => new Int32Array(length));
  }

  put(position: number, value: unknown): boolean {
    this.data[position] = value as number;
    this.valid[position] = 1;
    return true;
  }

  describe(): ValuePlan {
    throw new TypeError('a shape number is no value');
  }
}

/** Milliseconds of a `Date` that a timestamp column holds; NaN for an invalid one and for anything else. */
export function millisecondsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || kindOf(value) !== 'date' || Object.keys(value).length > 0) return NaN;
  return Date.prototype.getTime.call(value);
}

/** Valid dates, in milliseconds since 1970 UTC. */
export class DateNode extends DataNode<Float64Array> {
  readonly kind = 'date';

  constructor(name: string, capacity: number) {
    super(name, capacity, (length) => new Float64Array(length));
  }

  put(position: number, value: unknown): boolean {
    const ms = millisecondsOf(value);
    if (Number.isNaN(ms)) return false;
    this.data[position] = ms;
    this.valid[position] = 1;
    return true;
  }

  describe(): ValuePlan {
    return { t: 'date' };
  }
}

/** Whether a bigint fits int64. */
export function isInt64(value: unknown): value is bigint {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
}

/** Big integers that fit int64. */
export class BigNode extends DataNode<BigInt64Array> {
  readonly kind = 'big';

  constructor(name: string, capacity: number) {
    super(name, capacity, (length) => new BigInt64Array(length));
  }

  put(position: number, value: unknown): boolean {
    if (!isInt64(value)) return false;
    this.data[position] = value;
    this.valid[position] = 1;
    return true;
  }

  describe(): ValuePlan {
    return { t: 'big' };
  }
}

/** The elements of float arrays: never null, never put one by one. */
export class FloatNode extends DataNode<Float64Array | Float32Array> {
  constructor(
    readonly kind: 'f64' | 'f32',
    capacity: number,
  ) {
    super('element', capacity, (length) => (kind === 'f64' ? new Float64Array(length) : new Float32Array(length)));
  }

  put(): boolean {
    return false;
  }

  describe(): ValuePlan {
    throw new TypeError('an element of a float array is no value');
  }
}
