import type { Shape } from './shape.js';

/** Statements that put the value of a key: `afterRead` stands behind the read of it. */
export type FieldCode = (afterRead?: string) => string;

/** What the code for an object is made of: statements and expressions. */
interface ObjectCode {
  /** Tells its names from those of other objects. */
  id: number;
  /** The object, as a name. */
  value: string;
  /** Runs when all is put. */
  done: string;
  /** Puts an object that is not as planned. */
  other: string;
}

interface OneShape extends ObjectCode {
  /** Name of the list of keys; one more that no key is stands at its end. */
  keys: string;
  /** By key. */
  fields: readonly FieldCode[];
}

/** Statements for a plain object with exactly these keys, in order. */
export function oneShapeCode({ id, value, keys, fields, done, other }: OneShape): string {
  const [first, ...more] = fields;
  const match = `let k${id} = 0;
for (const key in ${value}) if (key !== ${keys}[k${id}++]) break b${id};
if (k${id} !== ${fields.length}) break b${id};`;
  return objectCode({ id, value, done, other }, match, first, more);
}

interface FewShapes extends ObjectCode {
  /** Names of the lists of {@link keySteps}. */
  steps: Record<keyof KeySteps, string>;
  /** Puts for the fields that all shapes have, */
  common: readonly FieldCode[];
  /** and for the others, with the bits of the shapes that have them, and what is to be done where an object lacks it. */
  rare: readonly { put: FieldCode; shapes: number; absent: string }[];
  /** Puts the number of the shape, which has this name. */
  shape: (name: string) => string;
}

/**
 * Statements for a plain object of one of a few shapes. A value is read by its name in one place: as there are no more hidden classes than
 * V8 remembers there, that is cheaper than to read it by the key at hand, as the code for many shapes does (walk-code.ts).
 */
export function fewShapesCode({ id, value, steps, common, rare, shape, done, other }: FewShapes): string {
  const [first, ...more] = common;
  const match = `let k${id} = 0;
for (const key in ${value}) {
while (${steps.keys}[k${id}] !== key) if ((k${id} = ${steps.others}[k${id}]) < 0) break b${id};
k${id} = ${steps.nexts}[k${id}];
}
const t${id} = ${steps.ends}[k${id}];
if (t${id} < 0) break b${id};`;
  const rest = rare.map(
    ({ put, shapes, absent }) =>
      () =>
        `if ((${shapes} >> t${id}) & 1) {\n${put()}\n} ${absent && `else ${absent}`}`,
  );
  return objectCode({ id, value, done: `${shape(`t${id}`)} ${done}`, other }, match, first, [...more, ...rest]);
}

/**
 * The prototype is looked at behind the first read of a value: V8 knows by then which hidden class it has to do with, and the look costs
 * nothing; before, it takes 11 ns, as long as the keys.
 */
function objectCode({ id, value, done, other }: ObjectCode, match: string, first: FieldCode | undefined, more: FieldCode[]): string {
  const check = `if (protoOf(${value}) !== OP && protoOf(${value}) !== null) break b${id};`;
  return `s${id}: { b${id}: {
if (typeof ${value} !== 'object' || ${value} === null) break b${id};
${match}
${first === undefined ? check : first(check)}
${more.map((put) => put()).join('\n')}
${done}
break s${id}; }
${other} }`;
}

/** How to find a shape by an object's keys: from step 0 on, each key leads to the next. */
interface KeySteps {
  /** The key that a step expects; undefined at the end of all shapes. */
  keys: (string | undefined)[];
  /** The step behind it. */
  nexts: number[];
  /** The step that expects another key in the same place, or -1. */
  others: number[];
  /** The number of the shape that ends before this step, or -1. */
  ends: number[];
}

export function keySteps(shapes: readonly Shape[]): KeySteps {
  const steps: KeySteps = { keys: [], nexts: [], others: [], ends: [] };
  const add = (key: string | undefined): number => {
    steps.nexts.push(-1);
    steps.others.push(-1);
    steps.ends.push(-1);
    return steps.keys.push(key) - 1;
  };
  add(undefined);
  for (const shape of shapes) {
    let first = 0;
    for (const key of shape.keys) {
      let step = first;
      while (steps.keys[step] !== key && steps.keys[step] !== undefined) {
        if (steps.others[step] === -1) steps.others[step] = add(undefined);
        step = steps.others[step] as number;
      }
      steps.keys[step] = key;
      if (steps.nexts[step] === -1) steps.nexts[step] = add(undefined);
      first = steps.nexts[step] as number;
    }
    steps.ends[first] = shape.id;
  }
  return steps;
}
