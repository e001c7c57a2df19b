import { setOwn } from '../../base/build.js';
import { isPlainObject, MAX_DEPTH, type Row } from '../../base/rows.js';
import { compareNames } from './compare-names.js';
import { variantFault } from './variant-fault.js';
import { VariantNames } from './variant-names.js';
import type { ShreddedShape, VariantParts, VariantShape } from './variant-shape.js';
import { variantValue } from './variant-value.js';

/** The columns of a VARIANT in a row, as any other struct of a file would be read. */
export interface StoredVariant {
  metadata: Uint8Array | null;
  value?: Uint8Array | null;
  typed_value?: unknown;
}

/** What no value is: a field that an object does not have. */
const MISSING = Symbol('missing');

/**
 * How the value of a VARIANT is put together again: parquet-format's VariantShredding.md. What may not be there is refused, where that
 * document leaves the choice.
 */
export function variantRestorer(shape: VariantShape): (stored: StoredVariant) => unknown {
  const restorer = new Restorer(shape);
  return (stored) => restorer.restore(stored);
}

class Restorer {
  readonly #shape: VariantShape;
  /** Rows one after the other mostly have the same. */
  #names: VariantNames | undefined;

  constructor(shape: VariantShape) {
    this.#shape = shape;
  }

  restore(stored: StoredVariant): unknown {
    const { parts, name, text } = this.#shape;
    if (stored.metadata === null) throw this.#fault('it has no metadata');
    if (this.#names?.isOf(stored.metadata) !== true) this.#names = new VariantNames(stored.metadata, name, text);
    return orNull(this.#value(stored, parts, 0));
  }

  /** `stored`: null where a writer had a group that should be required be null. */
  #value(stored: Omit<StoredVariant, 'metadata'> | null, parts: VariantParts, depth: number): unknown {
    const { value = null, typed_value: typed = null } = stored ?? {};
    const shredded = parts.typed;
    if (typed === null || shredded === undefined) return value === null ? MISSING : this.#binary(value, depth);
    if (depth >= MAX_DEPTH && shredded.of !== 'leaf') {
      throw variantFault(this.#shape.name, `a VARIANT of more than ${MAX_DEPTH} objects and arrays in one another`, 'ERR_CKPT_LIMIT');
    }
    if (shredded.of === 'object') return this.#object(typed as Row, shredded, value, depth);
    if (value !== null) throw this.#fault('a value is there as it is and shredded as well');
    if (shredded.of === 'leaf') return typed;
    return (typed as (StoredVariant | null)[]).map((element) => orNull(this.#value(element, shredded.element, depth + 1)));
  }

  /** The object of shredded fields, and of others in `value`. */
  #object(typed: Row, { fields }: ShreddedShape & { of: 'object' }, value: Uint8Array | null, depth: number): Row {
    const object: Row = {};
    for (const { name, parts } of fields) {
      const member = this.#value(typed[name] as StoredVariant | null, parts, depth + 1);
      if (member !== MISSING) setOwn(object, name, member);
    }
    if (value === null) return object;
    const others = this.#binary(value, depth);
    if (!isPlainObject(others)) throw this.#fault('fields of an object are shredded, and the rest of it is no object');
    const rest = Object.keys(others);
    if (rest.length === 0) return object;
    for (const { name } of fields) {
      if (Object.hasOwn(others, name)) throw this.#fault(`the field ${JSON.stringify(name)} is shredded, and is in the rest of its object`);
    }
    const merged: Row = {};
    for (const name of [...Object.keys(object), ...rest].sort(compareNames)) {
      setOwn(merged, name, Object.hasOwn(object, name) ? object[name] : others[name]);
    }
    return merged;
  }

  #binary(value: Uint8Array, depth: number): unknown {
    const { name, text } = this.#shape;
    return variantValue(value, this.#names as VariantNames, name, text, depth);
  }

  #fault(what: string): Error {
    return variantFault(this.#shape.name, what);
  }
}

/** Where a value must be, one that is missing is null. */
function orNull(value: unknown): unknown {
  return value === MISSING ? null : value;
}
