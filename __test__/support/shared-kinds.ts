import type { Row } from 'arrow-ckpt';

/** Values of this size are found one by one; smaller ones in blocks of rows. */
export const LONG = 'long '.repeat(200);

/** Kinds of columns that files share: the value of a row. */
const SMALL: Record<string, (at: number) => unknown> = {
  'few texts': (at) => `kind ${at % 4}`,
  'short bytes': (at) => (at % 5 === 0 ? null : Uint8Array.of(at & 255, at >> 8, 7)),
  bool: (at) => (at % 11 === 0 ? null : at % 3 === 0),
  int: (at) => at * 7919 - 1000,
  bigint: (at) => BigInt(at) * 10n ** 14n,
  'large integers': (at) => 2 ** 53 + 2 * at,
  double: (at) => at / 7,
  'odd numbers': (at) => [NaN, -0, Infinity, at][at % 4],
  date: (at) => new Date(at * 86_400_123),
  dates: (at) => [new Date(at), null],
  'a map of any keys': (at) => ({ [`key ${at}`]: { value: at, list: [at, 'x'] } }),
  'ragged objects': (at) => (at % 2 === 0 ? { a: `${at} ${LONG}` } : { b: `b ${at} ${LONG}`, a: null }),
  'short lists': (at) => Float64Array.from({ length: at % 3 }, (_, part) => at / (part + 3)),
};
const LARGE: Record<string, (at: number) => unknown> = {
  text: (at) => (at % 7 === 0 ? null : `text ${at} 漢字 😀 ${LONG}`),
  bytes: (at) => (at % 5 === 0 ? null : new Uint8Array(800).fill(at & 255, at % 700)),
  texts: (at) => Array.from({ length: at % 4 }, (_, part) => `tag ${at} ${part} ${LONG}`),
  Float32Array: (at) => Float32Array.from({ length: 200 }, (_, part) => at / (part + 3)),
  Float64Array: (at) => Float64Array.from({ length: 90 }, (_, part) => at / (part + 3)),
  struct: (at) => (at % 9 === 0 ? null : { id: at, name: `n ${at} ${LONG}`, deep: { list: [{ a: at }, {}], at: new Date(at) } }),
  'struct of bytes': (at) => ({ bytes: new Uint8Array(700).fill(at & 255), big: BigInt(at), dates: [new Date(at)] }),
  exceptions: (at) => (at % 40 === 3 ? at : `mostly text ${at} ${LONG}`),
  undefined: (at) => (at % 3 === 0 ? undefined : `there ${at} ${LONG}`),
  mixed: (at) => [at, `text ${at} ${LONG}${LONG}`, true, null, [at, LONG, LONG], { at, LONG }][at % 6],
  'lone surrogates': (at) => (at % 6 === 0 ? `\ud800${at} ${LONG}` : `fine ${at} ${LONG}`),
};
export const SHARED_KINDS = { ...SMALL, ...LARGE };

/** Whether values of a kind are found wherever they are. */
export const isLarge = (kind: string): boolean => kind in LARGE;

/** Rows with a column of a kind. */
export function rowsOfKind(kind: string, count = 200, first = 0): Row[] {
  const make = SHARED_KINDS[kind] as (at: number) => unknown;
  return Array.from({ length: count }, (_, index) => ({ id: first + index, value: make(first + index) }));
}
