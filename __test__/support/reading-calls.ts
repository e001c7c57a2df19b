import { join, parse } from 'node:path';
import {
  CheckpointManager,
  JsonlCheckpointManager,
  MultiCheckpointManager,
  openCheckpoint,
  ParquetCheckpointManager,
  readCheckpoint,
  type CheckpointReader,
  type OpenCheckpointOptions,
  type ReadOptions,
  type Row,
} from 'arrow-ckpt';
import { cliRows } from './cli-rows.ts';

type Key = keyof ReadOptions;

/** A call that reads rows, whatever its shape. */
export interface ReadingCall {
  name: string;
  /** The options that it has no place for: it must refuse them. */
  without?: readonly Key[];
  /** The options that it has, where others have no way to be given: the command line. */
  only?: readonly Key[];
  /** Extensions of the files that it reads. @default all */
  formats?: readonly string[];
  /** It gives the number of rows. */
  counts?: true;
  run: (path: string, options: ReadOptions) => Promise<readonly Row[] | number>;
}

const OPENED: ReadonlySet<string> = new Set(['verify', 'limits', 'text', 'duplicateColumns', 'compat'] satisfies Key[]);
const SCHEMA = ['schema', 'extraColumns'] as const satisfies readonly Key[];
const RANGE = ['offset', 'limit', 'onProgress'] as const satisfies readonly Key[];
const SELECTION = ['columns', 'where', 'unknownColumns', 'offset', 'limit', 'compat'] as const satisfies readonly Key[];
/** Of checkpoints in a directory. */
const MANAGED = ['.parquet', '.json'];
const quiet = { logger: false } as const;

async function collect(rows: AsyncIterable<unknown>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row as Row);
  return all;
}

/** A method of an open checkpoint; the options of opening are given where they belong. */
const reading =
  (run: (reader: CheckpointReader, options: ReadOptions) => Promise<readonly Row[] | number>): ReadingCall['run'] =>
  async (path, options) => {
    const split = (isOpened: boolean): ReadOptions =>
      Object.fromEntries(Object.entries(options).filter(([key]) => OPENED.has(key) === isOpened));
    await using reader = await openCheckpoint(path, {
      ...split(true),
      ...('signal' in options && { signal: options.signal }),
    } as OpenCheckpointOptions);
    return await run(reader, split(false));
  };

const manager = (path: string): CheckpointManager => new CheckpointManager(join(parse(path).dir, '..'), quiet);
const nameOf = (path: string): [step: string, operation: string] => [parse(parse(path).dir).base, parse(path).name];

/** A load of a manager of Kura; the schema is an argument of its own. */
const kura =
  (make: (directory: string) => Pick<JsonlCheckpointManager, 'loadCheckpoint'>): ReadingCall['run'] =>
  async (path, { schema, ...options }) => {
    const { dir, name } = parse(path);
    return (await make(dir).loadCheckpoint(name, schema as undefined, { torn: 'refuse', ...options })) ?? 0;
  };

export const READING_CALLS: readonly ReadingCall[] = [
  { name: 'readCheckpoint', run: (path, options) => readCheckpoint(path, options) },
  { name: 'read', run: reading((reader, options) => reader.read(options)) },
  { name: 'rows', run: reading((reader, options) => collect(reader.rows(options))) },
  { name: 'readable', run: reading((reader, options) => collect(reader.readable(options))) },
  { name: 'stream', run: reading((reader, options) => collect(reader.stream(options))) },
  { name: 'sample', without: RANGE, run: reading((reader, options) => reader.sample(1000, options)) },
  {
    name: 'batches',
    without: SCHEMA,
    counts: true,
    run: reading(async (reader, options) => {
      let rows = 0;
      for await (const batch of reader.scanColumns(options)) rows += batch.rows;
      return rows;
    }),
  },
  {
    name: 'columns',
    without: SCHEMA,
    counts: true,
    run: reading(async (reader, { columns, ...options }) => (await reader.columns(columns, options)).rows),
  },
  { name: 'count', without: [...SCHEMA, ...RANGE, 'columns'], counts: true, run: reading((reader, options) => reader.count(options)) },
  {
    name: 'loadCheckpoint',
    formats: MANAGED,
    run: async (path, options) => (await manager(path).loadCheckpoint(...nameOf(path), options)) ?? 0,
  },
  { name: 'scanCheckpoint', formats: MANAGED, run: (path, options) => collect(manager(path).scanCheckpoint(...nameOf(path), options)) },
  { name: 'Kura Parquet', formats: ['.parquet'], run: kura((directory) => new ParquetCheckpointManager(directory, quiet)) },
  { name: 'Kura JSONL', formats: ['.jsonl'], run: kura((directory) => new JsonlCheckpointManager(directory, quiet)) },
  {
    name: 'Kura, several',
    formats: ['.parquet'],
    run: kura((directory) => new MultiCheckpointManager([new ParquetCheckpointManager(directory, quiet)], quiet)),
  },
  { name: 'cat', only: SELECTION, run: (path, options) => cliRows(['cat', path], options) },
  {
    name: 'convert',
    only: SELECTION,
    run: async (path, { compat, ...options }) => {
      const out = `${path}.out.jsonl`;
      await cliRows(['convert', path, out, '--bare', '--quiet', ...(compat === undefined ? [] : ['--read-compat', compat])], options);
      return readCheckpoint(out);
    },
  },
  { name: 'inspect', only: ['compat'], run: (path, options) => cliRows(['inspect', path, '--json', '--rows', '1000'], options) },
];
