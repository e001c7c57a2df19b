import type { WalkOrder } from './walk-order.js';

/** What the code of a walk is made of: statements and expressions. */
interface Walk {
  /** Names of what it is given: the keys in walking order and a last one that no key is, their places, all shapes, and those by masks. */
  given: Record<'keys' | 'places' | 'table' | 'masks', string>;
  /** Tells its names from those of other walks. */
  id: number;
  /** The object, as a name. */
  value: string;
  position: string;
  /** Puts the value of a field. */
  field: (field: number, value: string) => string;
  /** Puts nulls into fields that the object lacks; `isLacking` gives the condition. */
  absent: (isLacking: (field: number) => string) => string[];
  /** Runs when all is put. */
  done: string;
  /** Puts an object that is not as planned. */
  other: string;
}

/**
 * Statements for an object of any shape: they walk its keys, find each field a little ahead in the order that most objects have, and the
 * shape by the mask of the fields. An object whose keys are in another order has its fields looked up by key, and its shape by the trie.
 *
 * The value is read in one place: each place would have to learn by itself how V8 reads what for-in meets, and is deoptimised until then.
 */
export function walkCode(order: WalkOrder, name: string, { given, id, value, position, field, absent, done, other }: Walk): string {
  const [at, inOrder, shape, member] = [`k${id}`, `u${id}`, `s${id}`, `y${id}`];
  const masks = Array.from({ length: order.words }, (_, word) => `m${id}_${word}`);
  const cases = order.fields.map((index, place) => {
    const { word, bit } = order.bitOf(index);
    return `case ${place}: { ${masks[word]} |= ${bit};\n${field(index, member)}\nbreak; }`;
  });
  const isLacking = (index: number): string => {
    const { word, bit } = order.bitOf(index);
    return `(${masks[word]} & ${bit}) === 0`;
  };
  const found = masks.reduce((from, mask) => `${from}?.get(${mask})`, given.masks);
  return `w${id}: {
if (typeof ${value} === 'object' && ${value} !== null && (protoOf(${value}) === OP || protoOf(${value}) === null)) p${id}: {
let ${at} = 0, ${inOrder} = true, ${masks.map((mask) => `${mask} = 0`).join(', ')};
for (const key in ${value}) {
while (${given.keys}[${at}] !== key) if (++${at} > ${order.keys.length}) { ${at} = -1; break; }
if (${at} < 0) { ${inOrder} = false; ${at} = ${given.places}.get(key) ?? -1; if (${at} < 0) break p${id}; }
const ${member} = ${value}[key];
switch (${at}) {
${cases.join('\n')}
}
${at}++;
}
const ${shape} = ${inOrder} ? ${found} : ${given.table}.match(${value}, false)?.id;
if (${shape} === undefined) break p${id};
if (X.late) ${name}.putAbsent(${position}, ${given.table}.shapes[${shape}]); else { ${absent(isLacking).join(' ')} }
${name}.putShape(${position}, ${shape});
${done}
break w${id};
}
${other}
}`;
}
