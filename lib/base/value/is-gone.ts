import * as types from 'node:util/types';

const { values } = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;

/** Whether a view has no memory any more: its buffer was transferred, or shrunk below it. Such a view says that it is empty. */
export function isGone(view: ArrayBufferView): boolean {
  try {
    // A DataView throws when it is asked for its length.
    if (view.byteLength > 0) return false;
    if (!types.isTypedArray(view)) return false;
    // What JavaScript itself asks first. A view that is empty passes.
    values.call(view as Uint8Array);
    return false;
  } catch {
    return true;
  }
}
