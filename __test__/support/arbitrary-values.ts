import fc from 'fast-check';

/** Any 16-bit units: half surrogate pairs among them, which other string arbitraries leave out. */
const units = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 6 });

const ODD_TEXTS = [
  '',
  '\0',
  'nul\0nul',
  '\ufeff',
  '\ufeffbom',
  'a\u2028b',
  '\\"',
  '{"$ckpt":"undefined"}',
  '"$ckpt"',
  'null',
  'NaN',
  '\ud83d',
  '\ude00y',
  'x\ud83d',
  '漢\udfff',
  'é'.repeat(200),
  'long '.repeat(700),
];

const ODD_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'toJSON',
  '',
  'a.b',
  'a',
  'A',
  'b',
  '0',
  '1',
  '10',
  '-1',
  '4294967295',
  '$ckpt',
  'v',
  '__ckpt_shape',
  '__ckpt_shape_2',
  '__ckpt_x_a',
  '__ckpt_row',
  'list',
  'element',
  'a_2',
  '_',
  'é',
  'É',
  'ß',
  '\u0000',
  '\u2028',
  '\ud800',
  '\udc00x',
  '😀',
  '"',
  '`${1}`',
];

const ODD_NUMBERS = [-0, NaN, Infinity, -Infinity, 0.5, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 2 ** 63, -(2 ** 63), 2 ** 64, 1e308, 5e-324];
const ODD_BIGINTS = [0n, -1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 64n, 10n ** 40n, -(2n ** 500n)];
const ODD_DATES = [NaN, 0, -1, 1, 8.64e15, -8.64e15, -62_198_755_200_000, 1_700_000_000_123].map((ms) => new Date(ms));

const ascii = fc.string({ maxLength: 12 });
const bytes = fc.uint8Array({ maxLength: 9 });

/** Views into the middle of a larger buffer, as a parser hands them out. */
const views = fc.float64Array({ minLength: 2, maxLength: 5 }).map((array) => new Float64Array(array.buffer, 8, array.length - 1));

/** Arbitraries of one kind of leaf each: a regular column takes its values from one of them. */
export const LEAVES = {
  integers: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer(), fc.maxSafeInteger()),
  numbers: fc.oneof(fc.integer(), fc.double(), fc.constantFrom(...ODD_NUMBERS)),
  booleans: fc.boolean(),
  texts: fc.oneof(ascii, ascii, fc.string({ unit: 'grapheme', maxLength: 8 })),
  oddTexts: fc.oneof(units, fc.constantFrom(...ODD_TEXTS)),
  bigints: fc.oneof(
    fc.bigInt(),
    fc.bigInt({ min: -9n, max: 9n }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(...ODD_BIGINTS),
  ),
  dates: fc.oneof(fc.date({ noInvalidDate: false }), fc.constantFrom(...ODD_DATES)),
  bytes: fc.oneof(
    bytes,
    bytes.map((array) => Buffer.from(array)),
  ),
  f32: fc.float32Array({ maxLength: 5 }),
  f64: fc.oneof(fc.float64Array({ maxLength: 5 }), views),
  nothing: fc.constantFrom(null, undefined),
  empty: fc.constantFrom<unknown>([], {}, '', 0, null),
} satisfies Record<string, fc.Arbitrary<unknown>>;

/** Kinds in proportion to how often real columns have them. */
export const leafKind: fc.Arbitrary<keyof typeof LEAVES> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('integers' as const, 'numbers' as const, 'booleans' as const, 'texts' as const) },
  { weight: 2, arbitrary: fc.constantFrom(...(Object.keys(LEAVES) as (keyof typeof LEAVES)[])) },
);

export const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'id', 'title', 'score', 'tags') },
  { weight: 4, arbitrary: fc.constantFrom(...ODD_KEYS) },
  { weight: 1, arbitrary: units },
);

const leaf = leafKind.chain((kind) => LEAVES[kind] as fc.Arbitrary<unknown>);

/** An object with these entries as own properties, `__proto__` among them. */
export function objectOf(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  return Object.fromEntries(entries);
}

/** Any value a row may hold, without any regularity. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; object: unknown; chain: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: leaf },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 5 }) },
    { weight: 2, arbitrary: tie('object') },
    { weight: 1, arbitrary: tie('chain') },
  ),
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map(objectOf),
  // Deeper than columns go: 16 levels.
  chain: fc
    .tuple(tie('value'), fc.array(fc.option(key, { nil: undefined }), { minLength: 1, maxLength: 30 }))
    .map(([value, steps]) => steps.reduce<unknown>((inner, step) => (step === undefined ? [inner] : objectOf([[step, inner]])), value)),
})).value;
