import type { ValuePlan } from '../plan.js';
import { kindOf } from '../../base/value/kind-of.js';
import { ListNode } from './containers.js';
import { FloatNode } from './data-nodes.js';

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
    const start = this.startOf(position);
    this.child.ensure(start + floats.length);
    (this.child as FloatNode).data.set(floats, start);
    this.ends[position] = start + floats.length;
    this.valid[position] = 1;
    return true;
  }

  override describe(): ValuePlan {
    return { t: this.of === 'f64' ? 'f64s' : 'f32s' };
  }
}
