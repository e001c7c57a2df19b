import { quote } from '../../base/generate.js';
import type { StructNode } from './containers.js';
import type { WriteNode } from './nodes.js';
import { fewShapesCode, keySteps, oneShapeCode, type FieldCode } from './object-code.js';
import type { Shape } from './shape.js';
import { take } from './shape-table.js';
import { trieCode } from './trie-code.js';
import { walkCode } from './walk-code.js';

/** Objects of no more shapes have code that knows each: V8 remembers so many hidden classes where a value is read. */
const FEW_SHAPES = 4;

/** One shape in so many at least has its keys in the order that most shapes have, or keys are taken as they come. */
const ORDERED_SHARE = 2;

/** Where a value goes. */
export interface Place {
  position: string;
  /** The slot is the row's: the node's scratch does not move. */
  fixed: boolean;
  /** What is present must be marked as such: the slots do not all begin as present. */
  marked: boolean;
}

/** The place of a struct's field, which begins as absent where a shape lacks it. */
export function placeOf(node: StructNode, field: number, of: Place): Place {
  return { ...of, marked: of.marked || node.shapes.absent.has(field) };
}

/** Gives names to what code is made with. */
export interface NamedCode {
  give(what: unknown): string;
  use(node: WriteNode): string;
  nextId(): number;
}

/** Statements about an object of a struct. */
export interface StructCode {
  /** Names of the struct's node, and of the object. */
  name: string;
  value: string;
  position: string;
  /** Puts the value of a field; `value` reads it. */
  field: (field: number, value: string) => FieldCode;
  /** Runs when all is put. */
  done: string;
  /** Puts an object that is not as planned. */
  other: string;
}

/** Statements for an object of one shape. */
export function oneShape(
  code: NamedCode,
  node: StructNode,
  shape: Shape,
  { name, value, position, field, done, other }: StructCode,
): string {
  node.shapes.areListed = false;
  const fields = shape.fields.map((index, at) => field(index, `${value}[${quote(shape.keys[at] as string)}]`));
  const keys = code.give([...shape.keys, undefined]);
  const absent = shape.absent.length === 0 ? '' : `${name}.putAbsent(${position}, ${code.give(shape)});`;
  const shapeId = node.shapeNode === undefined ? '' : `${name}.putShape(${position}, ${shape.id});`;
  return oneShapeCode({ id: code.nextId(), value, keys, fields, done: `${absent} ${shapeId} ${done}`, other });
}

/** Statements for an object of any shape that is known, and for what it lacks. */
export function severalShapes(code: NamedCode, node: StructNode, struct: StructCode): string {
  const { shapes } = node.shapes;
  node.shapes.areListed = shapes.length <= FEW_SHAPES;
  if (!node.shapes.areListed) return manyShapes(code, node, struct);
  const { name, value, position, field, done, other } = struct;
  const steps = keySteps(shapes);
  const fields = node.keys.map((key, index) => ({
    put: field(index, `${value}[${quote(key)}]`),
    shapes: shapes.reduce((bits, { id, fields: has }) => (has.includes(index) ? bits | (1 << id) : bits), 0),
    // Where the position is the row's, the fields that are lacking were cleared when the chunk began.
    absent: position === 'i' ? '' : `${code.use(node.fields[index] as WriteNode)}.putNull(${position});`,
  }));
  const isCommon = ({ shapes: bits }: { shapes: number }) => bits === (1 << shapes.length) - 1;
  return fewShapesCode({
    id: code.nextId(),
    value,
    steps: { keys: code.give(steps.keys), nexts: code.give(steps.nexts), others: code.give(steps.others), ends: code.give(steps.ends) },
    common: fields.filter(isCommon).map(({ put }) => put),
    rare: fields.filter((each) => !isCommon(each)),
    shape: (shape) => (node.shapeNode === undefined ? '' : `${name}.putShape(${position}, ${shape});`),
    done,
    other,
  });
}

/** The same for more shapes than are worth code of their own. */
function manyShapes(code: NamedCode, node: StructNode, { name, value, position, field, done, other }: StructCode): string {
  const order = node.shapes.walkOrder();
  const put = (index: number, cell: string) => field(index, cell)();
  if (order.followed * ORDERED_SHARE < node.shapes.shapes.length) {
    const putAbsent = (shape: string) => `${position === 'i' ? 'if (X.late) ' : ''}${name}.putAbsent(${position}, ${shape});`;
    return trieCode({
      root: code.give(node.shapes.root),
      take: code.give(take),
      id: code.nextId(),
      value,
      fields: node.fields.length,
      field: put,
      // Where the position is the row's, the fields that are lacking were cleared when the chunk began.
      done: (shape) => `${putAbsent(shape)}\n${name}.putShape(${position}, ${shape}.id);\n${done}`,
      other,
    });
  }
  const given = {
    keys: code.give([...order.keys, undefined]),
    places: code.give(new Map(order.keys.map((key, place) => [key, place]))),
    table: code.give(node.shapes),
    masks: code.give(order.masks),
  };
  // Where the position is the row's, the fields that are lacking were cleared when the chunk began.
  const absent = (isLacking: (field: number) => string): string[] =>
    position === 'i'
      ? []
      : [...node.shapes.absent].map(
          (lacking) => `if (${isLacking(lacking)}) ${code.use(node.fields[lacking] as WriteNode)}.putNull(${position});`,
        );
  return walkCode(order, name, { given, id: code.nextId(), value, position, field: put, absent, done, other });
}
