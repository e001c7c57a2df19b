// oxlint-disable unicorn/no-thenable -- what it is about
/**
 * What callers pass by mistake, or in spite: a maker of each, since some can be used once. Whatever these throw themselves is an `Error`
 * called `mine`.
 */
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

/** An async function that rejects, in each of the ways that a caller may see. */
const rejects = async (): Promise<never> => {
  await Promise.resolve();
  return mine();
};

/** A proxy of an array whose traps are as given. */
const proxied = (items: unknown[], traps: ProxyHandler<unknown[]> = {}): unknown[] => new Proxy(items, traps);

/** More than any loop gets through in the time of a test. */
const HOLES = 1e9;

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
  ['an async function that rejects', () => rejects],
  ['a function that gives a rejected promise', () => () => Promise.reject(Object.assign(new Error('mine'), { name: 'mine' }))],
  [
    'a function that gives a thenable that rejects',
    () => () => ({ then: (_: unknown, reject: (error: unknown) => void) => reject('mine') }),
  ],
  ['a function that gives a thenable that throws', () => () => ({ then: mine })],
  ['a function that gives a getter `then` that throws', () => () => Object.defineProperty({}, 'then', { get: mine })],
  ['a function that gives undefined', () => () => undefined],
  ['a function that gives NaN', () => () => Number.NaN],
  ['a function that gives a symbol', () => () => Symbol('s')],
  ['a function that gives holes', () => () => new Array(HOLES)],
  ['a function that gives a revoked proxy', () => () => revoked({})],
  ['a function that gives a proxy of an array', () => () => proxied([], { get: () => undefined })],
  [
    'a function that gives itself',
    () => {
      const self = (): unknown => self;
      return self;
    },
  ],
  ['a function that gives a Map', () => () => new Map()],
  ['a bound function', () => mine.bind(null)],
  ['a proxy of a function', () => new Proxy(() => 7, {})],
  ['an async generator function', () => async function* () {}],
  ['a built-in function', () => Math.max],
  ['Array', () => Array],
  ['Proxy', () => Proxy],
  ['2 ** 32', () => 2 ** 32],
  ['5e-324', () => 5e-324],
  ['-1n', () => -1n],
  ['2n ** 64n', () => 2n ** 64n],
  ['a well-known symbol', () => Symbol.iterator],
  ['a registered symbol', () => Symbol.for('s')],
  ['white space', () => ' \n\t'],
  ['a number as text', () => '1'],
  ["'true'", () => 'true'],
  ['constructor', () => 'constructor'],
  ['toString', () => 'toString'],
  ['a path up', () => '../../up'],
  ['a path into an object', () => 'a.b.c'],
  ['a text from right to left', () => '\u202Etxt'],
  ['a text in two forms', () => 'e\u0301'],
  ['a template for paths', () => '%s%n{}'],
  ['JSON', () => '{"a":1}'],
  ['broken JSON', () => '{"a":'],
  ['a proxy of []', () => proxied([])],
  ["a proxy of ['a']", () => proxied(['a'])],
  ['a proxy of rows', () => proxied([{ a: 1 }, { a: 2 }])],
  ['a proxy of a proxy of rows', () => proxied(proxied([{ a: 1 }]))],
  ['a proxy of an array: all is undefined', () => proxied(['a'], { get: () => undefined })],
  ['a proxy of an array: all is 7', () => proxied(['a'], { get: () => 7 })],
  ['a proxy of an array: all is a text', () => proxied(['a'], { get: () => 'a' })],
  ['a proxy of an array: all is a symbol', () => proxied(['a'], { get: () => Symbol('s') })],
  ['a proxy of an array: nothing but a length', () => proxied(['a'], { get: (_, key) => (key === 'length' ? 1 : undefined) })],
  [
    'a proxy of an array: no length',
    () => proxied(['a'], { get: (items, key) => (key === 'length' ? undefined : Reflect.get(items, key)) }),
  ],
  [
    'a proxy of an array: length NaN',
    () => proxied(['a'], { get: (items, key) => (key === 'length' ? Number.NaN : Reflect.get(items, key)) }),
  ],
  ['a proxy of an array: length -1', () => proxied(['a'], { get: (items, key) => (key === 'length' ? -1 : Reflect.get(items, key)) })],
  [
    'a proxy of an array: length 1e300',
    () => proxied(['a'], { get: (items, key) => (key === 'length' ? 1e300 : Reflect.get(items, key)) }),
  ],
  [
    'a proxy of an array: a length of Infinity',
    () => proxied([{ a: 1 }], { get: (items, key) => (key === 'length' ? Number.POSITIVE_INFINITY : Reflect.get(items, key)) }),
  ],
  ['a proxy of an array: an empty one', () => proxied([], { get: (_, key) => (key === 'length' ? 0 : undefined) })],
  ['a proxy of an array that throws', () => proxied(['a'], { get: mine, has: mine, ownKeys: mine })],
  ['a proxy of an array in a row', () => [{ a: proxied([1], { get: () => undefined }) }]],
  ['a proxy of an array of 7 in a row', () => [{ a: proxied([1], { get: () => 7 }) }]],
  ['a proxy of a row: all is undefined', () => [new Proxy({ a: 1 }, { get: () => undefined })]],
  ['a proxy of a row: no keys', () => [new Proxy({ a: 1 }, { ownKeys: () => [] })]],
  ['a proxy of a proxy of a function', () => new Proxy(new Proxy(mine, {}), {})],
  ['a proxy of a date', () => new Proxy(new Date(0), {})],
  ['a proxy of a Map', () => new Proxy(new Map(), {})],
  ['a proxy of a Buffer', () => new Proxy(Buffer.from('a'), {})],
  ['a proxy of a promise', () => new Proxy(Promise.resolve([]), {})],
  ['a proxy of an AbortSignal', () => new Proxy(new AbortController().signal, {})],
  ['a proxy: all is undefined', () => new Proxy({}, { get: () => undefined })],
  [
    'a proxy: all is itself',
    () => {
      const self: object = new Proxy({}, { get: () => self });
      return self;
    },
  ],
  ['a proxy without a prototype', () => new Proxy({}, { getPrototypeOf: () => null })],
  [
    'a proxy with one key many times',
    () =>
      new Proxy({ a: 1 }, { ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ value: 7, enumerable: true, configurable: true }) }),
  ],
  ['holes', () => new Array(HOLES)],
  ['a text and holes', () => Object.assign(new Array(HOLES), { 0: 'a' })],
  ['a row and holes', () => Object.assign(new Array(HOLES), { 0: { a: 1 } })],
  ['a hole between', () => ['a', , 'b']], // oxlint-disable-line no-sparse-arrays -- what it is about
  ['holes in a list', () => [new Array(HOLES)]],
  ['holes in a row', () => [{ a: [, 1] }]], // oxlint-disable-line no-sparse-arrays -- what it is about
  ['{ columns: holes }', () => ({ columns: new Array(HOLES) })],
  ['{ columns: a proxy }', () => ({ columns: proxied([], { get: () => undefined }) })],
  ['{ columns: [{ values: holes }] }', () => ({ columns: [{ name: 'a', type: 'string', values: new Array(HOLES) }] })],
  [
    '{ columns: [{ values: a proxy }] }',
    () => ({ columns: [{ name: 'a', type: 'string', values: proxied([], { get: () => undefined }) }] }),
  ],
  ['{ columns: [{ fields: holes }] }', () => ({ columns: [{ name: 'a', type: 'struct', fields: new Array(HOLES) }] })],
  ['{ a: { $in: holes } }', () => ({ a: { $in: new Array(HOLES) } })],
  ['{ a: { $in: a proxy } }', () => ({ a: { $in: proxied([], { get: () => undefined }) } })],
  ['{ $and: holes }', () => ({ $and: new Array(HOLES) })],
  ['{ $or: a proxy }', () => ({ $or: proxied([], { get: () => undefined }) })],
  ['{ $field: holes }', () => ({ $field: new Array(HOLES), $eq: 1 })],
  ['{ $field: a proxy }', () => ({ $field: proxied([], { get: () => undefined }), $eq: 1 })],
  ['{ $field: Symbol() }', () => ({ $field: Symbol('s'), $eq: 1 })],
  ['{ $not: null }', () => ({ $not: null })],
  ['{ a: { $exists: 1 } }', () => ({ a: { $exists: 1 } })],
  ['{ a: { $gt: Symbol() } }', () => ({ a: { $gt: Symbol('s') } })],
  ['{ file: holes }', () => ({ file: new Array(HOLES) })],
  ['{ file: a proxy }', () => ({ file: proxied(['a'], { get: () => undefined }) })],
  ['{ info, warn } that reject', () => ({ info: rejects, warn: rejects })],
  ['{ retryIf } that rejects', () => ({ times: 1, retryIf: rejects })],
  ["{ '~standard': { validate } } that rejects", () => ({ '~standard': { version: 1, vendor: 'v', validate: rejects } })],
  ["{ '~standard': { validate } } that throws", () => ({ '~standard': { version: 1, vendor: 'v', validate: mine } })],
  ["{ '~standard': { validate: issues } }", () => ({ '~standard': { version: 1, vendor: 'v', validate: () => ({ issues: 7 }) } })],
  [
    'another value each time',
    () => {
      let times = 0;
      return {
        get a() {
          return times++ === 0 ? 'text' : Symbol('s');
        },
      };
    },
  ],
  ["{ '~standard': { validate: null } } given", () => ({ '~standard': { version: 1, vendor: 'v', validate: () => null } })],
  ["{ '~standard': { validate: [null] } }", () => ({ '~standard': { version: 1, vendor: 'v', validate: () => ({ issues: [null] }) } })],
  [
    "{ '~standard': { validate: path } }",
    () => ({ '~standard': { version: 1, vendor: 'v', validate: () => ({ issues: [{ message: 'm', path: 7 }] }) } }),
  ],
  ['a setter', () => ({ set a(_: unknown) {} })],
  [
    'an object of a class with a getter',
    () =>
      new (class {
        get a(): never {
          return mine();
        }
      })(),
  ],
  [
    'an array of a class',
    () =>
      new (class Rows extends Array<unknown> {
        static override get [Symbol.species](): never {
          return mine();
        }
      })(),
  ],
  ['an array with keys', () => Object.assign([{ a: 1 }], { b: 2 })],
  [
    'an array whose methods throw',
    () => Object.assign([{ a: 1 }], { slice: mine, map: mine, every: mine, includes: mine, [Symbol.iterator]: mine }),
  ],
  ['an array whose constructor throws', () => Object.defineProperty([{ a: 1 }], 'constructor', { get: mine })],
  ['an array of a promise', () => [Promise.resolve(1)]],
  ['a promise in a row', () => [{ a: Promise.resolve(1) }]],
  ['a WeakRef', () => new WeakRef({})],
  ['a WeakSet', () => new WeakSet()],
  ['a SharedArrayBuffer', () => new SharedArrayBuffer(8)],
  ['a worker of atomics', () => Atomics],
  ['Math', () => Math],
  ['an Intl object', () => new Intl.Collator()],
  ['a number that formats', () => new Intl.NumberFormat()],
  ['a TextDecoder', () => new TextDecoder()],
  ['a Blob', () => new Blob(['a'])],
  ['Headers', () => new Headers()],
  ['URLSearchParams', () => new URLSearchParams('a=1')],
  ['an Event', () => new Event('e')],
  ['an AggregateError', () => new AggregateError([1])],
  ['an error without a text', () => Object.create(Error.prototype, { message: { get: mine } }) as object],
  ['{ then: 7 }', () => ({ then: 7 })],
  ['a thenable that never settles', () => ({ then: () => {} })],
  ['{ toJSON: throws }', () => ({ toJSON: mine })],
  ['{ [Symbol.toPrimitive]: throws }', () => ({ [Symbol.toPrimitive]: mine })],
  ['{ [Symbol.toStringTag]: throws }', () => Object.defineProperty({}, Symbol.toStringTag, { get: mine })],
  ...bothWays('an async next that rejects', { next: rejects }),
  ...bothWays('next gives done as a getter that throws', { next: () => Object.defineProperty({}, 'done', { get: mine }) }),
  ...bothWays('next gives a value as a getter that throws', { next: () => Object.defineProperty({ done: false }, 'value', { get: mine }) }),
  ...bothWays('next gives a revoked proxy', { next: () => revoked({}) }),
  ...bothWays('return throws', { next: () => ({ done: false, value: 7 }), return: mine }),
  ...bothWays('return rejects', { next: () => ({ done: false, value: 7 }), return: rejects }),
  ['Symbol.iterator: rejects', () => ({ [Symbol.iterator]: rejects })],
  ['Symbol.asyncIterator: rejects', () => ({ [Symbol.asyncIterator]: rejects })],
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
