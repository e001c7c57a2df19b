import type { ReadOptions } from 'arrow-ckpt';

/** Options of a reading: which they are, and the files of {@link READING_FILES} on which they must make a difference. */
export interface ReadingCase {
  name: string;
  /** Made anew for each call. */
  options: () => ReadOptions;
  changes: readonly string[];
}

/** Files by what is special about them. */
export const READING_FILES = [
  'rows.parquet',
  'rows.json',
  'rows.jsonl',
  'empty.parquet',
  'empty.json',
  'empty.jsonl',
  'docetl.parquet',
  'twice.parquet',
  'words.parquet',
  'sums.parquet',
  'cut.parquet',
] as const;

const ROWS = ['rows.parquet', 'rows.json', 'rows.jsonl'];
const PARQUET = ['rows.parquet'];
const schema = { columns: [{ name: 'id', type: 'number' }] } as const satisfies ReadOptions['schema'];

function aborted(): AbortSignal {
  return AbortSignal.abort(Object.assign(new Error('given up'), { code: 'ABORTED' }));
}

const CASES: [name: string, options: ReadOptions | (() => ReadOptions), changes: readonly string[]][] = [
  ['nothing', {}, []],
  ['a column', { columns: ['id'] }, ROWS],
  ['a path', { columns: ['meta.source'] }, ROWS],
  ['a column and a path', { columns: ['meta.n', 'text'] }, ROWS],
  ['no columns', { columns: [] }, ROWS],
  ['an unknown column', { columns: ['id', 'nope'] }, ROWS],
  ['an unknown path', { columns: ['id', 'nope.deep'] }, ROWS],
  ['an unknown key of objects', { columns: ['meta.nope'] }, ROWS],
  ['a key of what is no object', { columns: ['text.nope'] }, ROWS],
  ['an unknown column, as missing', { columns: ['id', 'nope', 'meta.nope'], unknownColumns: 'missing' }, ROWS],
  ['an unknown column with a condition', { columns: ['meta.nope'], where: { id: 1 } }, ROWS],
  ['an unknown column before a limit', { columns: ['meta.nope'], offset: 1 }, ROWS],
  ['a condition', { where: { id: { $gt: 2 } } }, ROWS],
  ['a condition on a path', { where: { 'meta.source': 'web' } }, ROWS],
  ['a condition on an unknown column', { where: { nope: 1 } }, ROWS],
  ['a strict condition', { where: { nope: null }, unknownColumns: 'error' }, ROWS],
  ['a strict condition on a path', { where: { 'meta.nope': null }, unknownColumns: 'error' }, ROWS],
  ['an offset', { offset: 2 }, ROWS],
  ['a limit', { limit: 2 }, ROWS],
  ['a limit of 0', { limit: 0 }, ROWS],
  ['a part of some', { where: { id: { $ne: 2 } }, offset: 1, limit: 2, columns: ['id'] }, ROWS],
  ['a schema', { schema }, ROWS],
  ['a schema that keeps', { schema, extraColumns: 'keep' }, []],
  ['a schema that nothing fits', { schema: { columns: [{ name: 'text', type: 'number' }] } }, ROWS],
  ['DocETL', { compat: 'docetl' }, []],
  ['no checksums', { verify: false }, ['sums.parquet']],
  ['text as it can be read', { text: 'lossy' }, ['words.parquet']],
  ['text as bytes', { text: 'bytes' }, ['words.parquet']],
  ['columns of one name', { duplicateColumns: 'rename' }, ['twice.parquet']],
  ['a small footer', { limits: { footerBytes: 10 } }, PARQUET],
  ['few columns', { limits: { columns: 1 } }, PARQUET],
  ['small texts', { limits: { stringBytes: 1 } }, PARQUET],
  ['a thread', { threads: 1 }, []],
  ['an abort', () => ({ signal: aborted() }), [...ROWS, 'twice.parquet']],
  ['no columns at all', { columns: 'id' as never }, ROWS],
  ['no condition', { where: { id: { $near: 1 } } as never }, ROWS],
  ['no word for unknown columns', { unknownColumns: 'ignore' as never }, ROWS],
  ['half a row', { offset: 1.5 }, ROWS],
  ['fewer than no rows', { limit: -1 }, ROWS],
  ['no schema', { schema: 7 as never }, ROWS],
  ['no word for extra columns', { schema, extraColumns: 'lose' as never }, ROWS],
  ['no program', { compat: 'excel' as never }, ROWS],
  ['half a check', { verify: 'some' as never }, ROWS],
  ['no mode of texts', { text: 'latin1' as never }, ROWS],
  ['no way with one name', { duplicateColumns: true as never }, ROWS],
  ['no limit', { limits: { bytes: 1 } as never }, ROWS],
  ['no threads', { threads: 0 }, ROWS],
  ['no signal', { signal: {} as never }, ROWS],
  ['no function', { onProgress: 1 as never }, ROWS],
  ['no option', { colums: ['id'] } as never, ROWS],
];

export const READING_CASES: readonly ReadingCase[] = CASES.map(([name, options, changes]) => ({
  name,
  options: typeof options === 'function' ? options : () => options,
  changes,
}));
