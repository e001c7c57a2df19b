// Fuzzes what decodes extended JSON, the text of values that no column and no JSON can hold, and what reads the JSON of other programs:
// damaged escapes, in fixed time or number.
//   fuzz-text.mjs <seconds> <runs, or 0> <seed>
// Prints what came of it. An input that fails is told and ends it.
import { isCheckpointError } from 'arrow-ckpt';
import { decodeValue, encodeValue } from '../../build/lib/base/value/extended-json.js';
import { isSame } from '../../build/lib/base/value/is-same.js';
import { parseForeign } from '../../build/lib/base/value/lenient-json.js';

const [, , seconds, runs, seed] = process.argv.map(Number);

let state = BigInt(seed) | 1n;
const pool = new Uint32Array(4096);
let next = pool.length;
/** Random numbers by the thousand: bigints are slow. */
function refill() {
  let x = Number(state & 0x7fffffffn) | 1;
  for (let i = 0; i < pool.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    pool[i] = x >>> 0;
  }
  state = BigInt(x >>> 0) | 1n;
  next = 0;
}
function below(bound) {
  if (next === pool.length) refill();
  return pool[next++] % bound;
}
const one = (list) => list[below(list.length)];

const KINDS = ['undefined', 'number', 'bigint', 'date', 'bytes', 'f32', 'f64', 'object', 'other', '__proto__', 'constructor'];
const TEXTS = [
  'NaN',
  '-0',
  'Infinity',
  '-Infinity',
  '0',
  '123',
  '-9',
  'AAE=',
  'AAAAAA==',
  'AAAAAAAA8D8=',
  '',
  ' ',
  '\\u0000',
  '\\ud800',
  '$ckpt',
  '1e5',
  '0x10',
  '٣',
];
const KEYS = ['$ckpt', 'v', '__proto__', 'constructor', 'toString', 'a', '', '\\u2028', '$ckpt ', '\\u0024ckpt'];
const NUMBERS = ['0', '-1', '1e400', '8.64e15', '8640000000000001', '-0', '0.5', '123456789012345678901234567890', '1E-7'];

/** Text that is nearly what encodeValue writes. */
function text(depth) {
  switch (below(depth > 5 ? 5 : 12)) {
    case 0:
      return one(['null', 'true', 'false', 'NaN', 'Infinity']);
    case 1:
      return one(NUMBERS);
    case 2:
    case 3:
      return `"${one(TEXTS)}"`;
    case 4:
      return `{"$ckpt":"${one(KINDS)}"}`;
    case 5:
    case 6:
    case 7:
      return `{"$ckpt":"${one(KINDS)}","v":${text(depth + 1)}}`;
    case 8:
      return `{"$ckpt":"object","v":[${some(depth, () => `["${one(KEYS)}",${text(depth + 2)}]`)}]}`;
    case 9:
      return `[${some(depth, () => text(depth + 1))}]`;
    default:
      return `{${some(depth, () => `"${one(KEYS)}":${text(depth + 1)}`)}}`;
  }
}
function some(depth, make) {
  let made = '';
  for (let left = below(4); left > 0; left--) made += (made === '' ? '' : ',') + make();
  return made;
}

const CHARACTERS = '{}[],:"\\0123456789-+.eE$ckptv \n\u2028\ud800\u00e9';
function damaged(whole) {
  if (below(3) === 0) return whole;
  const place = below(whole.length + 1);
  switch (below(5)) {
    case 0:
      return whole.slice(0, place);
    case 1:
      return whole.slice(0, place) + CHARACTERS[below(CHARACTERS.length)] + whole.slice(place);
    case 2:
      return whole.slice(0, place) + CHARACTERS[below(CHARACTERS.length)] + whole.slice(place + 1);
    case 3:
      return whole.slice(0, place) + whole.slice(place + 1 + below(6));
    default:
      return whole.slice(0, place) + text(3) + whole.slice(place);
  }
}

const PROTOTYPE = Reflect.ownKeys(Object.prototype).length;
const outcomes = {};
const count = (what) => (outcomes[what] = (outcomes[what] ?? 0) + 1);
const begun = performance.now();
let tries = 0;

function fail(input, why) {
  console.error(`${JSON.stringify(input)}: ${why}`);
  process.exit(1);
}

function tryOne(input) {
  let value;
  try {
    value = decodeValue(input);
    count('decoded');
  } catch (error) {
    if (!isCheckpointError(error) || error.code === 'ERR_CKPT_INTERNAL') fail(input, error.stack);
    count(error.code);
    value = undefined;
  }
  // What decodes is a value that could have been saved: it is kept.
  if (value !== undefined && (tries & 3) === 0) {
    const again = decodeValue(encodeValue(value, { row: 0, path: '' }));
    if (!isSame(again, value)) fail(input, 'comes back otherwise');
    count('encoded and decoded again');
  }
  if ((tries & 3) === 1) {
    try {
      parseForeign(input);
      count('parsed as of another program');
    } catch (error) {
      // What is no JSON is told by the reader of the file, who knows where it stands.
      if (!(error instanceof SyntaxError || isCheckpointError(error))) fail(input, error.stack);
      count('refused as of another program');
    }
  }
}

while (runs > 0 ? tries < runs : (tries & 1023) !== 0 || performance.now() - begun < seconds * 1000) {
  tryOne(damaged(text(0)));
  tries++;
  if (Reflect.ownKeys(Object.prototype).length !== PROTOTYPE) fail('', 'the prototype of all objects was changed');
}
console.log(JSON.stringify({ tries, seconds: Math.round(performance.now() - begun) / 1000, outcomes }));
