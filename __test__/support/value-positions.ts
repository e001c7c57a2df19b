import type { Row } from 'arrow-ckpt';

/** Rows with a value wherever one may stand: a column of its kind, an exception, in a list, in a struct, deep below, late. */
export function rowsWith(make: () => unknown): Row[] {
  return Array.from({ length: 40 }, (_, index) => ({
    column: make(),
    number: index === 20 ? make() : index,
    text: index === 30 ? make() : `text ${index}`,
    list: [make(), make()],
    mixedList: [index, make()],
    struct: { a: index, b: make() },
    ragged: index % 2 === 0 ? { a: make() } : { b: index },
    deep: [[{ a: [make()] }]],
    late: index < 35 ? null : make(),
    ...(index % 3 === 0 && { sometimes: make() }),
  }));
}

/** For each place a row that holds a value only there, and the path of it. */
export function placesOf(value: unknown): [path: string, row: Row][] {
  return [
    ['v', { v: value }],
    ['v[1]', { v: [1, value] }],
    ['v.a.b', { v: { a: { b: value } } }],
    ['v[0].a[0][0]', { v: [{ a: [[value]] }] }],
  ];
}
