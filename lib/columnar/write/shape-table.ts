import type { Row } from '../../base/rows.js';
import type { Shape } from './shape.js';
import { WalkOrder } from './walk-order.js';

/** Different shapes of one struct; objects beyond them are stored as JSON text. */
const MAX_SHAPES = 4096;
/** Keys of all shapes of one struct together: they are part of the footer. */
const MAX_SHAPE_KEYS = 200_000;

/** A place in the trie of shapes: what the keys of an object so far led to. */
interface Step {
  /** The field of the key that led here. */
  readonly field: number;
  next: Map<string, Step>;
  /** The key taken last and where it led: nearly always the next one again, and cheaper than the map. */
  key: string | undefined;
  to: Step | undefined;
  /** The shape whose keys end here. */
  shape: Shape | undefined;
}

function newStep(field: number): Step {
  return { field, next: new Map(), key: undefined, to: undefined, shape: undefined };
}

/** The step behind another one, by a key; undefined where no shape has it there. */
export function take(step: Step, key: string): Step | undefined {
  if (step.key === key) return step.to;
  const to = step.next.get(key);
  if (to === undefined) return undefined;
  step.key = key;
  step.to = to;
  return to;
}

/** The shapes of one struct, found by walking an object's keys. */
export class ShapeTable {
  readonly shapes: Shape[] = [];
  readonly fieldOf = new Map<string, number>();
  /** The fields that some shape lacks. */
  readonly absent = new Set<number>();
  /** The first step, which no key leads to. */
  readonly root: Step = newStep(-1);
  #keyCount = 0;
  /** For the code that walks the keys of any shape. */
  #order: WalkOrder | undefined;
  /** There is code that knows these shapes and no others. */
  areListed = false;
  /** The shape matched last. */
  recent: Shape | undefined;

  /** The shape of `object` if it is known, else undefined. `isExtended`: for-in would meet keys of `Object.prototype`. */
  match(object: Row, isExtended: boolean): Shape | undefined {
    const last = this.recent;
    if (!isExtended && last !== undefined && hasKeys(object, last.keys)) return last;
    const shape = isExtended ? this.#walkOwn(object) : this.#walk(object);
    if (shape !== undefined) this.recent = shape;
    return shape;
  }

  #walk(object: Row): Shape | undefined {
    let step: Step | undefined = this.root;
    for (const key in object) {
      step = take(step, key);
      if (step === undefined) return undefined;
    }
    return step.shape;
  }

  /** For-in also walks what others may have added to Object.prototype. */
  #walkOwn(object: Row): Shape | undefined {
    let step: Step | undefined = this.root;
    for (const key of Object.keys(object)) {
      step = take(step, key);
      if (step === undefined) return undefined;
    }
    return step.shape;
  }

  /** Adds the shape of an object with these keys, all of which are fields already; undefined when the caps are reached. */
  add(keys: string[]): Shape | undefined {
    if (this.shapes.length >= MAX_SHAPES || this.#keyCount + keys.length > MAX_SHAPE_KEYS) return undefined;
    const fields = keys.map((key) => this.fieldOf.get(key) as number);
    const present = new Set(fields);
    const absent: number[] = [];
    for (let field = 0; field < this.fieldOf.size; field++) if (!present.has(field)) absent.push(field);
    for (const field of absent) this.absent.add(field);
    const shape: Shape = { id: this.shapes.length, keys, fields, absent, rows: 0 };
    this.shapes.push(shape);
    this.#keyCount += keys.length;
    let step = this.root;
    for (const key of keys) {
      let next = step.next.get(key);
      if (next === undefined) step.next.set(key, (next = newStep(this.fieldOf.get(key) as number)));
      step = next;
    }
    step.shape = shape;
    this.recent = shape;
    this.#order?.add(shape);
    return shape;
  }

  /** The order in which objects have their fields, as all shapes so far show it. The shapes that are added later are found by it, too. */
  walkOrder(): WalkOrder {
    const order = new WalkOrder([...this.fieldOf.keys()], this.shapes);
    this.#order = order;
    return order;
  }

  /** Adds a field; shapes so far lack it. */
  addField(key: string): void {
    this.#order = undefined;
    const field = this.fieldOf.size;
    this.fieldOf.set(key, field);
    for (const shape of this.shapes) shape.absent.push(field);
    if (this.shapes.length > 0) this.absent.add(field);
  }
}

/** Whether the own enumerable keys of a plain object are exactly `keys`, in order. */
function hasKeys(object: Row, keys: readonly string[]): boolean {
  let index = 0;
  // For-in walks the enum cache that the objects of one hidden class share: no array, no lookup.
  for (const key in object) {
    if (key !== keys[index++]) return false;
  }
  return index === keys.length;
}
