import type { ValuePlan } from '../plan.js';
import { isGone } from '../../base/value/is-gone.js';
import { kindOf } from '../../base/value/kind-of.js';
import { WriteNode } from './nodes.js';

const NO_BYTES = new Uint8Array(0);

/** Bytes: kept by reference until the chunk is written. */
export class BytesNode extends WriteNode {
  readonly kind = 'bytes';
  readonly parts: Uint8Array[] = [];
  #measured = 0;

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

  override clear(slots: number): void {
    for (let position = 0; position < slots; position++) this.parts[position] = NO_BYTES;
    super.clear(slots);
  }

  /** Bytes of the first `slots` parts. */
  total(slots: number): number {
    let bytes = 0;
    for (let index = 0; index < slots; index++) bytes += (this.parts[index] as Uint8Array).byteLength;
    return bytes;
  }

  /** Takes note of the bytes of a filled chunk; undefined where a buffer has been transferred since. */
  measure(slots: number): number | undefined {
    this.#measured = this.total(slots);
    for (let index = 0; index < slots; index++) {
      const part = this.parts[index] as Uint8Array;
      if (part.byteLength === 0 && part !== NO_BYTES && isGone(part)) return undefined;
    }
    return this.#measured;
  }

  /**
   * Whether the parts have other lengths than when they were measured: a save waits in between, and whoever has them may shrink them or
   * give them away.
   */
  hasChanged(slots: number): boolean {
    return this.total(slots) !== this.#measured;
  }

  describe(): ValuePlan {
    return { t: 'bytes' };
  }
}
