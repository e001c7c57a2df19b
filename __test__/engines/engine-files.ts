import { join } from 'node:path';
import { CheckpointManager, writeCheckpoint, type Codec, type Row, type WriteOptions } from 'arrow-ckpt';
import { nativeRows, NATIVE_COLUMNS, BEYOND_JSON } from '../support/native-columns.ts';
import { VALUE_GROUPS } from '../support/value-kinds.ts';
import { rowsWith } from '../support/value-positions.ts';
import { FILTERED, PAGED, filteredRows, type ColumnKind } from './filtered-rows.ts';

/** A checkpoint that engines are to open, and the columns that they are asked to filter. */
export interface EngineFile {
  name: string;
  rows: Row[];
  path: string;
  filtered?: Record<string, ColumnKind>;
  /** Columns whose values are in another file: no engine may show anything under their names. */
  elsewhere?: readonly string[];
}

/** A key that engines in JavaScript take for an object's prototype; hostile-keys.test.ts has it for our own reader. */
const UNFIT = new Set(['`__proto__`']);
const PLACE_FILES = 10;
const CODECS: Codec[] = ['auto', 'none', 'snappy', 'gzip', 'brotli', 'lz4', 'zstd'];

/** Columns whose type an engine has a name for: docs/ENGINES.md shows them. */
export const TYPED: Record<string, (i: number) => unknown> = {
  ...Object.fromEntries(Object.entries({ ...NATIVE_COLUMNS, ...BEYOND_JSON }).map(([name, { value }]) => [name, value])),
  few: (i) => [1, 2, 300][i % 3],
  big: (i) => 2n ** 62n + BigInt(i),
  halves: (i) => (i % 4) / 2,
  nothing: () => null,
  f64s: (i) => new Float64Array([i, NaN, -0, 0.5]),
  f32s: (i) => new Float32Array([i, 1.5]),
  grid: (i) => [[i, null], [], null].slice(0, i % 4),
  days: (i) => [new Date(86_400_000 * i), null],
};

const range = (count: number, make: (i: number) => Row): Row[] => Array.from({ length: count }, (_, i) => make(i));
const typedRows = (count: number): Row[] =>
  nativeRows(Object.fromEntries(Object.entries(TYPED).map(([name, value]) => [name, { value, types: {} as never }])), count);

const NAMES = JSON.parse('[{"":1,"a.b":2,"a":3,"A":4,"select":6,"ü 漢":7,"x\\ty":8,"constructor":9,"it\'s \\"q\\"":10}]') as Row[];

/** A checkpoint for every feature that files have, small but for the one that needs pages. */
const FEATURES: Record<string, { rows: () => Row[]; options?: WriteOptions; filtered?: Record<string, ColumnKind> }> = {
  types: { rows: () => typedRows(300), options: { rowGroupRows: 128 } },
  missing: { rows: () => [{ a: 1, b: null }, { b: 2 }, { b: 3, a: 4 }, {}, { a: null, m: { x: 1 } }, { m: { y: 'z' } }, { m: {} }] },
  exceptions: {
    rows: () => range(300, (i) => ({ n: i === 150 ? 'many' : i, t: i === 151 ? 1 : `t${i}`, d: i === 9 ? undefined : i / 2 })),
  },
  mixed: { rows: () => [1, 'one', true, null, [1, 'a', null], { k: { l: [] } }, 'ü"😀'].map((v) => ({ v })) },
  names: { rows: () => NAMES },
  dotted: { rows: () => range(20, (i) => ({ 'a.b': i, a: { b: `t${i}` }, 'c.d': 0.5 })) },
  'no rows': { rows: () => [] },
  'no keys': { rows: () => [{}, {}, {}] },
  wide: { rows: () => range(3, (r) => Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`k${i}`, i % 3 ? i * r : `t${i}`]))) },
  shapes: {
    rows: () =>
      range(200, (i) => Object.fromEntries(Array.from({ length: i % 7 }, (_, k) => [`c${(k * 3 + i) % 11}`, k % 2 ? `t${k}` : k]))),
  },
  grown: {
    rows: () =>
      range(2000, (i) => ({ n: i < 1500 ? i : i + 0.5, m: i < 1500 ? { a: i } : { a: i, b: [1.5] }, ...(i > 1700 && { late: 'x' }) })),
    options: { rowGroupRows: 512 },
  },
  vectors: { rows: () => range(200, (i) => ({ id: i, vector: Array.from({ length: 64 }, (_, k) => Math.fround(Math.sin(i * 64 + k))) })) },
  spans: { rows: () => range(5, (i) => ({ a: { b: { c: { d: [{ e: i }, { e: null }] } } }, l: [[{ x: [i] }], []] })) },
  kinds: { rows: kindRows },
  ...Object.fromEntries(Array.from({ length: PLACE_FILES }, (_, part) => [`places ${part}`, { rows: () => placeRows(part) }])),
  groups: { rows: () => filteredRows(3000), options: { rowGroupRows: 256 }, filtered: FILTERED },
  pages: {
    rows: () => filteredRows(25_000),
    options: { rowGroupRows: 22_000, bloomFilter: ['id', 'n', 'big', 'text', 'when'] },
    filtered: PAGED,
  },
};

/** A checkpoint whose long texts are in the one before it. */
async function thinFile(folder: string): Promise<EngineFile> {
  const documents = range(1500, (id) => ({ id, title: `document ${id}`, text: `${id} is a document. `.repeat(60) }));
  const rows = documents.map(({ id, title, text }) => ({ id, title, text, answer: Number(id) % 7 }));
  const [base, path] = [join(folder, 'documents.parquet'), join(folder, 'answers.parquet')];
  await writeCheckpoint(base, documents, { base: 'auto' });
  const { delta } = await writeCheckpoint(path, rows, { base });
  return { name: 'thin', rows, path, elsewhere: Object.keys(delta?.columns ?? {}) };
}

function keptKinds(): { kind: string; make: () => unknown }[] {
  return VALUE_GROUPS.flatMap(({ kinds }) => kinds).filter(({ kind, refused }) => refused === undefined && !UNFIT.has(kind));
}

/** Every kind of value that a checkpoint keeps, one column a kind. */
function kindRows(): Row[] {
  return range(2, () => Object.fromEntries(keptKinds().map(({ kind, make }) => [columnOf(kind), make()])));
}

/** Every kind of value wherever it may stand, one column a place, in several files so that none has hundreds of columns. */
function placeRows(part: number): Row[] {
  const all = keptKinds()
    .filter(({ kind }, index) => kind !== 'hundreds of keys' && index % PLACE_FILES === part)
    .map(({ kind, make }) => ({ kind, rows: rowsWith(make) }));
  return range(40, (i) =>
    Object.fromEntries(
      all.flatMap(({ kind, rows }) => Object.entries(rows[i]!).map(([place, value]) => [`${columnOf(kind)}_in_${place}`, value])),
    ),
  );
}

function columnOf(kind: string): string {
  return kind.replaceAll(/\W+/g, '_');
}

/** Writes all of it into a folder. */
export async function writeEngineFiles(folder: string, only?: (name: string) => boolean): Promise<EngineFile[]> {
  const files: EngineFile[] = [];
  const add = (name: string, rows: Row[], filtered?: Record<string, ColumnKind>): string => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.parquet`);
    files.push({ name, rows, path, ...(filtered && { filtered }) });
    return path;
  };
  for (const [name, { rows, options, filtered }] of Object.entries(FEATURES)) {
    if (only?.(name) === false) continue;
    const made = rows();
    await writeCheckpoint(add(name, made, filtered), made, options);
  }
  if (only !== undefined) return files;
  for (const compression of CODECS) {
    const rows = typedRows(100);
    await writeCheckpoint(add(`codec ${compression}`, rows), rows, { compression });
  }
  const checkpoints = new CheckpointManager(join(folder, 'map'), { logger: false });
  const rows = typedRows(50);
  let index = 0;
  const { path } = await checkpoints.map('s', 'op', rows, (row) => row, { key: () => index++ });
  files.push({ name: 'map', rows, path: path! });
  files.push(await thinFile(join(folder, 'thin')));
  return files;
}
