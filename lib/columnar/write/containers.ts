import { CheckpointError } from '../../base/errors.js';
import { kindOf } from '../../base/value/kind-of.js';
import { isPlainObject, type Row } from '../../base/rows.js';
import { NameSpace } from '../name-space.js';
import type { FieldPlan, StructPlan, ValuePlan } from '../plan.js';
import type { Shape } from './shape.js';
import { ShapeTable } from './shape-table.js';
import { ShapeIdNode } from './data-nodes.js';
import { grown, WriteNode, type FillContext } from './nodes.js';
import { JsonNode } from './text-nodes.js';

/** Fields of one struct; objects with others are stored as JSON text. */
export const MAX_FIELDS = 4096;

/** Characters of a key: a footer, which can have 256 MiB, holds it three times, in UTF-8. */
const MAX_KEY_UNITS = 1 << 24;

/** Lists: end offsets in slots of the one child. */
export class ListNode extends WriteNode {
  readonly kind = 'list';
  ends: Uint32Array;
  /** Slots before this one have their end; behind it those have none that are null since the chunk began. */
  #settled = Infinity;

  constructor(name: string, capacity: number, child: WriteNode) {
    super(name, capacity);
    this.ends = new Uint32Array(capacity);
    this.children.push(child);
  }

  get child(): WriteNode {
    return this.children[0] as WriteNode;
  }

  /** The child's slot at which the elements of `position` start: not a cursor, for a parent may give up what was put. */
  startOf(position: number): number {
    if (position > this.#settled) this.#settle(position);
    return position === 0 ? 0 : (this.ends[position - 1] as number);
  }

  put(position: number, value: unknown, context: FillContext): boolean {
    if (!isPlainArray(value)) return false;
    // Asked for once: an accessor of an element may change it, and a Proxy may say anything.
    const { length } = value;
    if (Object.keys(value).length !== length) return false;
    const child = this.child;
    const start = this.startOf(position);
    child.ensure(start + length);
    for (let index = 0; index < length; index++) {
      const element = value[index];
      if (element === null) child.putNull(start + index);
      else if (element === undefined || !child.put(start + index, element, context)) return false;
    }
    this.ends[position] = start + length;
    this.valid[position] = 1;
    return true;
  }

  override putNull(position: number): void {
    super.putNull(position);
    // Elements put at this position before it turned out irregular are given up.
    this.ends[position] = this.startOf(position);
  }

  override reset(): void {
    super.reset();
    this.#settled = Infinity;
  }

  override clear(slots: number): void {
    super.clear(slots);
    this.#settled = 0;
  }

  /** An absent list ends where the one before it does. */
  #settle(slots: number): void {
    for (let slot = this.#settled; slot < slots; slot++) {
      if (this.valid[slot] === 0) this.ends[slot] = slot === 0 ? 0 : (this.ends[slot - 1] as number);
    }
    this.#settled = slots;
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.ends = grown(this.ends, new Uint32Array(capacity));
  }

  describe(): ValuePlan {
    return { t: 'list', e: this.child.describe() };
  }
}

/** True for ordinary arrays; a subclass could not come back as one. */
export function isPlainArray(value: unknown): value is unknown[] {
  if (!Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Array.prototype || kindOf(value) === 'array';
}

/** False for arrays with holes or with keys of their own, such as the matches of a regular expression: no checkpoint can keep those. */
export function hasOnlyElements(array: readonly unknown[]): boolean {
  return Object.keys(array).length === array.length;
}

/** Structs: the fields as children, and a hidden child with the shape once there is more than one. */
export class StructNode extends WriteNode {
  readonly kind = 'struct';
  readonly shapes = new ShapeTable();
  /** The fields' nodes; `children` holds them and the shape node, in the order of their appearance. */
  readonly fields: WriteNode[] = [];
  readonly keys: string[] = [];
  readonly names = new NameSpace();
  shapeNode: ShapeIdNode | undefined;
  /** Takes more fields; false once its objects turned out to be maps. */
  open = true;
  /** By field: its slots of this chunk are nulls until something is put there. */
  readonly #cleared: boolean[] = [];

  put(position: number, value: unknown, context: FillContext): boolean {
    if (!isPlainObject(value)) return false;
    const shape = this.shapeOf(value, context);
    if (shape === undefined) return false;
    for (let index = 0; index < shape.fields.length; index++) {
      const node = this.fields[shape.fields[index] as number] as WriteNode;
      const cell = value[shape.keys[index] as string];
      if (cell === null) node.putNull(position);
      else if (cell === undefined && !(node instanceof JsonNode)) return false; // only JSON text can tell it from null
      else if (!node.put(position, cell, context)) return false;
    }
    this.putAbsent(position, shape);
    this.putShape(position, shape.id);
    this.valid[position] = 1;
    return true;
  }

  /** Puts a null into each field that a shape lacks, unless it is there. */
  putAbsent(position: number, { absent }: Shape): void {
    for (const field of absent) if (this.#cleared[field] !== true) (this.fields[field] as WriteNode).putNull(position);
  }

  /** The shape of an object, a new one if all its keys are fields; else undefined, and the plan is stale if it can grow. */
  shapeOf(value: Row, context: FillContext): Shape | undefined {
    const known = this.shapes.match(value, context.isExtended);
    if (known !== undefined) return known;
    const keys = Object.keys(value);
    for (const key of keys) {
      if (!this.shapes.fieldOf.has(key)) {
        if (this.open && this.fields.length < MAX_FIELDS) context.stale = true;
        return undefined;
      }
    }
    const lacking = this.shapes.absent.size;
    const added = this.shapes.add(keys);
    if (this.shapes.absent.size > lacking || this.shapes.areListed) context.late = true;
    if (added !== undefined && added.id > 0 && this.shapeNode === undefined) context.stale = true;
    return added;
  }

  putShape(position: number, id: number): void {
    const node = this.shapeNode;
    if (node === undefined) return;
    if (id === 0) node.putNull(position);
    else node.put(position, id);
  }

  override putNull(position: number): void {
    super.putNull(position);
    for (const child of this.children) child.putNull(position);
  }

  override reset(): void {
    super.reset();
    this.#cleared.length = 0;
  }

  override clear(slots: number): void {
    super.clear(slots);
    for (const child of this.children) child.clear(slots);
    for (let field = 0; field < this.fields.length; field++) this.#cleared[field] = true;
  }

  /**
   * Clears the fields that some shape lacks, and those of structs below; `slots` are those of this struct. Not those that code takes for
   * present: it was made before a shape lacked them, and until it is made anew nulls are put one by one.
   */
  clearAbsent(slots: number): void {
    this.fields.forEach((node, field) => {
      if (this.shapes.absent.has(field) && !node.presumed) {
        node.clear(slots);
        this.#cleared[field] = true;
      } else if (node instanceof StructNode) node.clearAbsent(slots);
    });
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    for (const child of this.children) child.ensure(capacity);
  }

  /** @throws `ERR_CKPT_LIMIT` for a key that no footer has room for */
  addField(key: string, make: (name: string) => WriteNode): void {
    if (key.length > MAX_KEY_UNITS) {
      const message = `a key has ${key.length} characters, and the name of a column can have ${MAX_KEY_UNITS}: ${key.slice(0, 80)}...; shorten it`;
      throw new CheckpointError('ERR_CKPT_LIMIT', message, { column: key.slice(0, 200) });
    }
    const node = make(this.names.take(key));
    this.fields.push(node);
    this.keys.push(key);
    this.children.push(node);
    this.shapes.addField(key);
  }

  /** Replaces a field's node by one of another kind and the same name. */
  replaceField(index: number, node: WriteNode): void {
    this.children[this.children.indexOf(this.fields[index] as WriteNode)] = node;
    this.fields[index] = node;
  }

  /** Sees to the shape node: needed from the second shape on, and by a struct that has no field at all. */
  settleShapes(): void {
    if (this.shapes.shapes.length >= 2 || this.children.length === 0) this.#addShapeNode();
  }

  #addShapeNode(): void {
    if (this.shapeNode !== undefined) return;
    this.shapeNode = new ShapeIdNode(this.names.take('__ckpt_shape'), this.capacity);
    this.children.push(this.shapeNode);
  }

  /** Takes no other fields from now on, and has its shape node whatever objects come. So do the structs below. */
  fix(): void {
    this.open = false;
    this.#addShapeNode();
    for (const field of this.fields)
      for (let node = field; ; node = (node as ListNode).child) {
        if (node instanceof StructNode) node.fix();
        if (!(node instanceof ListNode)) break;
      }
  }

  describe(): StructPlan {
    const plan: StructPlan = {
      t: 'struct',
      f: this.fields.map((node, index) => {
        const field: FieldPlan = { k: this.keys[index] as string, v: node.describe() };
        if (node.name !== field.k) field.n = node.name;
        return field;
      }),
      s: this.shapes.shapes.map((shape) => shape.fields),
    };
    if (this.shapeNode !== undefined) plan.h = this.shapeNode.name;
    return plan;
  }
}
