import { orderedFields } from '../ordered-fields.js';
import type { StructRead } from './tree.js';

/** Of fewer shapes, a function for each is compiled soon enough. */
const MIN_SHAPES = 64;
/** Fields that an object has room for, whether it has them or not, for each key that objects have on average. */
const MAX_FIELDS_PER_KEY = 2;
/** An object with more would not have room for all of them in itself. */
const MAX_FIELDS = 128;

/**
 * The fields of a struct in the order in which all its objects have some of them, if there is one and the objects are of many shapes. One
 * constructor that looks at each field makes them all then: a function for each shape is compiled a thousand times, and none is ever
 * optimised. 80,000 objects of 957 shapes of 10 keys take 23 ms instead of 98 (Node 26; 30 instead of 60 on Node 20). Undefined where
 * objects inherit one of the keys: an assignment to it could be one to an accessor.
 */
export function orderOfShapes({ keys, fields, shapes = [] }: StructRead): number[] | undefined {
  if (shapes.length < MIN_SHAPES || fields.length > MAX_FIELDS) return undefined;
  const present = shapes.reduce((sum, shape) => sum + shape.length, 0);
  if (fields.length * shapes.length > present * MAX_FIELDS_PER_KEY || keys.some((key) => key in Object.prototype)) return undefined;
  const order = orderedFields(fields.length, shapes);
  const places: number[] = [];
  order.forEach((field, place) => (places[field] = place));
  const follows = (shape: readonly number[]): boolean =>
    shape.every((field, index) => index === 0 || (places[shape[index - 1] as number] as number) < (places[field] as number));
  return shapes.every(follows) ? order : undefined;
}

/** For each of the fields: 1 at the number of each shape that has it. */
export function presence(shapes: readonly (readonly number[])[], fields: readonly number[]): Uint8Array[] {
  const tables = fields.map(() => new Uint8Array(shapes.length));
  const places: number[] = [];
  fields.forEach((field, place) => (places[field] = place));
  shapes.forEach((shape, number) => {
    for (const field of shape) (tables[places[field] as number] as Uint8Array)[number] = 1;
  });
  return tables;
}
