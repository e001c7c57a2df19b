// Saves and loads rows whose keys would be code, if anybody took them for it; prints how many keys, and what came back otherwise:
//   hostile-keys.mjs <folder> <sets of keys> <seed>
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const [, , folder, sets, seed] = process.argv;
const path = join(folder, 'keys.parquet');

const PIECES = [
  '"',
  "'",
  '`',
  '\\',
  '\\\\',
  '\\"',
  "\\'",
  '\\u0027',
  '\\x27',
  '${',
  '}',
  '${globalThis.ran=1}',
  '{',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  ':',
  '.',
  '?.',

  '\n',
  '\r',
  '\r\n',
  '\u2028',
  '\u2029',
  '\0',
  '\t',
  '\b',
  '\u0085',
  '\ufeff',
  '\ud800',
  '\udfff',
  '😀',
  'é',
  '\u202e',
  '//',
  '/*',
  '*/',
  '<!--',
  '-->',
  '</script>',
  '#!',
  '=>',
  '...',
  '??',
  '||',
  '==',
  '+',
  '-',
  ' ',
  'a',
  'b',
  '0',
  '9',

  "');globalThis.ran=1;('",
  '"];globalThis.ran=1;["',
  '`);globalThis.ran=1;(`',
  '\\");globalThis.ran=1;(\\"',
  '\u2028globalThis.ran=1//',
  '}globalThis.ran=1;{',

  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'then',
  'length',
  'get',
  'set',
  'async',
  'await',

  'this',
  'eval',
  'arguments',
  'new',
  'null',
  'undefined',
  'NaN',
  'row',
  'rows',
  'value',
  'out',
  'i',
  'x',
  '$',
  '$ckpt',
  '__ckpt_shape',
  '__ckpt_x_a',
  '__ckpt_row',
];

let state = Number(seed);
const below = (bound) => (state = (state * 48271) % 2147483647) % bound;
const key = () => Array.from({ length: 1 + below(below(3) === 0 ? 5 : 2) }, () => PIECES[below(PIECES.length)]).join('');

/** An own key, whatever it is called. */
const own = (entries) => Object.fromEntries(entries);

const VALUES = [
  (id) => id,
  (id) => `text ${id}`,
  (id) => id % 2 === 0,
  (id) => [id, id + 1],
  (id, keys) => own(keys.map((each, index) => [each, index % 2 === 0 ? id : `${id}`])),
  (id, keys) => [own([[keys[0], own([[keys.at(-1), id]])]])],
  (id) => (id % 50 === 7 ? `${id}` : id),
];

const prototype = Reflect.ownKeys(Object.prototype).length;
const wrong = [];
let keys = 0;
for (let set = 0; set < Number(sets); set++) {
  const top = [...new Set(Array.from({ length: 1 + below(8) }, key))];
  const inner = [...new Set(Array.from({ length: 1 + below(4) }, key))];
  keys += top.length + inner.length;
  const kinds = top.map(() => VALUES[below(VALUES.length)]);
  // Enough rows for generated code, or the variable that asks for it. One in nine lacks a key: two shapes.
  const rows = Array.from({ length: 40 }, (_, id) =>
    own(top.map((each, index) => [each, kinds[index](id, inner)]).filter((_, index) => id % 9 !== 5 || index !== 0)),
  );
  const text = JSON.stringify(rows);
  try {
    await writeCheckpoint(path, rows);
    if (JSON.stringify(await readCheckpoint(path)) !== text) wrong.push(`other rows: ${JSON.stringify(top)}`);
    // A name with dots is a path as well.
    const some = top.filter((each) => !each.includes('.')).slice(0, 2);
    const expected = rows.map((row) => own(Object.entries(row).filter(([each]) => some.includes(each))));
    if (JSON.stringify(await readCheckpoint(path, { columns: some })) !== JSON.stringify(expected))
      wrong.push(`other columns: ${JSON.stringify(top)}`);
    // The same bytes as of another writer: names of columns go into generated code as they stand.
    const bytes = readFileSync(path);
    for (const mark of ['arrow-ckpt.version', 'arrow-ckpt version ']) {
      for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at)) bytes.fill('x', at, at + mark.length);
    }
    writeFileSync(path, bytes);
    if ((await readCheckpoint(path)).length !== rows.length) wrong.push(`foreign: ${JSON.stringify(top)}`);
  } catch (error) {
    wrong.push(`${JSON.stringify(top)} ${JSON.stringify(inner)}: ${error.stack}`);
  }
  if (globalThis.ran !== undefined) wrong.push(`it ran: ${JSON.stringify(top)} ${JSON.stringify(inner)}`);
  if (Reflect.ownKeys(Object.prototype).length !== prototype || {}.a !== undefined)
    wrong.push(`a prototype was changed: ${JSON.stringify(top)}`);
  if (wrong.length > 5) break;
}
console.log(JSON.stringify({ sets: Number(sets), keys, wrong }));
