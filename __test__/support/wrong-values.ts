/** What callers pass by mistake, or in spite: a maker of each, since some can be used once. Whatever these throw themselves is an `Error` called `mine`. */
const mine = (): never => {
  throw Object.assign(new Error('mine'), { name: 'mine' });
};

class Instance {
  id = 1;
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function cyclic(): object {
  const object: { self?: object } = {};
  object.self = object;
  return object;
}

/** `{ iterator: () => value }` under the name of a sync or an async iterator. */
const steps = (symbol: symbol, value: unknown): object => ({ [symbol]: () => value });
const bothWays = (name: string, value: unknown): [string, () => unknown][] =>
  [Symbol.iterator, Symbol.asyncIterator].map((symbol) => [`${symbol.description}: ${name}`, () => steps(symbol, value)]);

export const WRONG: readonly (readonly [string, () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['true', () => true],
  ['false', () => false],
  ['0', () => 0],
  ['-0', () => -0],
  ['-1', () => -1],
  ['1.5', () => 1.5],
  ['7', () => 7],
  ['2 ** 31', () => 2 ** 31],
  ['2 ** 53', () => 2 ** 53],
  ['1e308', () => 1e308],
  ['NaN', () => Number.NaN],
  ['Infinity', () => Number.POSITIVE_INFINITY],
  ['-Infinity', () => Number.NEGATIVE_INFINITY],
  ['a bigint', () => 10n],
  ['an empty text', () => ''],
  ['a text', () => 'text'],
  ['a text with NUL', () => 'a\0b'],
  ['a text with a slash', () => 'a/b/../c'],
  ['dots', () => '..'],
  ['a long text', () => 'x'.repeat(10_000)],
  ['a lone surrogate', () => '\uD800'],
  ['__proto__', () => '__proto__'],
  ['a symbol', () => Symbol('s')],
  ['a function', () => () => 7],
  ['an async function', () => async () => 7],
  ['a function that throws', () => mine],
  ['a function that gives null', () => () => null],
  ['a generator function', () => function* () {}],
  ['a class', () => Instance],
  ['[]', () => []],
  ['[1]', () => [1]],
  ['[null]', () => [null]],
  ['[undefined]', () => [undefined]],
  ['[[]]', () => [[]]],
  ["['']", () => ['']],
  ["['a', 'a']", () => ['a', 'a']],
  ['[Symbol()]', () => [Symbol('s')]],
  ['[{}]', () => [{}]],
  ['[{ a: Symbol() }]', () => [{ a: Symbol('s') }]],
  ['[{ a: () => {} }]', () => [{ a: () => {} }]],
  ['a sparse array', () => new Array(3)],
  ['an array with a revoked proxy', () => [revoked({})]],
  ['a revoked proxy in a row', () => [{ a: revoked({}) }]],
  ['a revoked proxy deep in a row', () => [{ a: [{ b: revoked([]) }] }]],
  ['a revoked proxy', () => revoked({})],
  ['a revoked proxy of an array', () => revoked([])],
  ['a revoked proxy of a function', () => revoked(() => {})],
  ['{}', () => ({})],
  ['{ a: 1 }', () => ({ a: 1 })],
  ['{ length: -1 }', () => ({ length: -1 })],
  ['{ toString: null }', () => ({ toString: null, valueOf: null })],
  ['{ constructor: null }', () => ({ constructor: null })],
  ['{ constructor: { name: Symbol() } }', () => ({ constructor: { name: Symbol('s') } })],
  ['{ $gt: {} }', () => ({ $gt: {} })],
  ['{ a: { $in: 1 } }', () => ({ a: { $in: 1 } })],
  ['{ a: { $nope: 1 } }', () => ({ a: { $nope: 1 } })],
  ["{ '~standard': 1 }", () => ({ '~standard': 1 })],
  ["{ '~standard': null }", () => ({ '~standard': null })],
  ["{ '~standard': {} }", () => ({ '~standard': {} })],
  ["{ '~standard': { validate: 1 } }", () => ({ '~standard': { version: 1, vendor: 'v', validate: 1 } })],
  ["{ '~standard': { validate: () => 1 } }", () => ({ '~standard': { version: 1, vendor: 'v', validate: () => 1 } })],
  ['{ _zod: 1 }', () => ({ _zod: 1, '~standard': { version: 1, vendor: 'zod', validate: () => ({ value: {} }) } })],
  ['{ _zod: { def: null } }', () => ({ _zod: { def: null }, '~standard': { version: 1, vendor: 'zod', validate: () => ({ value: {} }) } })],
  ['{ columns: 1 }', () => ({ columns: 1 })],
  ['{ columns: [null] }', () => ({ columns: [null] })],
  ["{ columns: [{ name: 'a', type: 'list' }] }", () => ({ columns: [{ name: 'a', type: 'list' }] })],
  ["{ columns: [{ name: Symbol(), type: 'string' }] }", () => ({ columns: [{ name: Symbol('s'), type: 'string' }] })],
  ["{ format: 'parquet', columns: [1] }", () => ({ format: 'parquet', columns: [1] })],
  ["{ format: 'parquet', columns: [{}] }", () => ({ format: 'parquet', columns: [{}] })],
  ['{ format: 1, columns: [] }', () => ({ format: 1, columns: [] })],
  ['{ file: 1 }', () => ({ file: 1 })],
  ["{ file: 'nope' }", () => ({ file: 'nope' })],
  ["{ file: [''] }", () => ({ file: ['', 'a\0b'] })],
  ['{ aborted: true }', () => ({ aborted: true })],
  ['{ aborted: false, addEventListener }', () => ({ aborted: false, addEventListener: () => {}, removeEventListener: () => {} })],
  ['{ times: -1 }', () => ({ times: -1 })],
  ['{ info: 1 }', () => ({ info: 1, warn: 1 })],
  ['an object without prototype', () => Object.create(null) as object],
  ['an object that inherits', () => Object.create({ a: 1 }) as object],
  ['a cyclic object', cyclic],
  ['a frozen object', () => Object.freeze({ a: 1 })],
  ['a class instance', () => new Instance()],
  ['a getter that throws', () => Object.defineProperty({}, 'a', { enumerable: true, get: mine })],
  ['a proxy that throws', () => new Proxy({}, { ownKeys: mine, get: mine, has: mine })],
  ['a date', () => new Date(0)],
  ['an invalid date', () => new Date(Number.NaN)],
  ['a regular expression', () => /a/],
  ['an error', () => new Error('given')],
  ['a Map', () => new Map([[1, 2]])],
  ['a Set', () => new Set([1])],
  ['a WeakMap', () => new WeakMap()],
  ['a promise', () => Promise.resolve([{ a: 1 }])],
  ['a boxed number', () => Object(1) as object],
  ['a boxed text', () => Object('a') as object],
  ['a boxed symbol', () => Object(Symbol('s')) as object],
  ['a boxed bigint', () => Object(1n) as object],
  ['a Buffer', () => Buffer.from('abc')],
  ['an ArrayBuffer', () => new ArrayBuffer(8)],
  ['a detached ArrayBuffer', detached],
  ['a DataView', () => new DataView(new ArrayBuffer(8))],
  ['an array of floats', () => new Float64Array(2)],
  ['an array of bigints', () => new BigInt64Array(2)],
  ['a URL', () => new URL('file:///tmp/a')],
  ['an AbortSignal', () => new AbortController().signal],
  ['an AbortController', () => new AbortController()],
  ['an iterator that has ended', () => [][Symbol.iterator]()],
  [
    'a generator',
    () =>
      (function* () {
        yield 1;
      })(),
  ],
  [
    'an async generator',
    () =>
      (async function* () {
        yield 1;
      })(),
  ],
  [
    'a generator that throws',
    () =>
      (function* () {
        yield { a: 1 };
        mine();
      })(),
  ],
  ['Symbol.iterator: 1', () => ({ [Symbol.iterator]: 1 })],
  ['Symbol.asyncIterator: 1', () => ({ [Symbol.asyncIterator]: 1 })],
  ['Symbol.iterator: throws', () => ({ [Symbol.iterator]: mine })],
  ...bothWays('undefined', undefined),
  ...bothWays('7', 7),
  ...bothWays('{}', {}),
  ...bothWays('{ next: 1 }', { next: 1 }),
  ...bothWays('next gives undefined', { next: () => undefined }),
  ...bothWays('next gives 7', { next: () => 7 }),
  ...bothWays('next throws', { next: mine }),
  ['globalThis', () => globalThis],
  ['process', () => process],
  ['a module', () => import.meta],
  [
    'arguments',
    () =>
      (function () {
        return arguments;
      })(),
  ], // oxlint-disable-line prefer-rest-params -- what it is about
];
