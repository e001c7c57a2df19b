import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as api from 'arrow-ckpt';
import * as kura from 'arrow-ckpt/kura';
import { READ_KEYS, WRITE_KEYS } from '../lib/options/options.js';
import { tempFolder } from './support/temp-folder.ts';
import { WRONG } from './support/wrong-values.ts';

/** Runs in a folder of its own: a wrong path must not write elsewhere. */
const folder = tempFolder('wrong-arguments');
const home = process.cwd();
const GOOD = [
  { id: 1, text: 'one' },
  { id: 2, text: 'two' },
];
const here = (name: string): string => join(folder, 'work', name);
const quiet = { logger: false } as const;

type Call = (...args: unknown[]) => unknown;
interface Target {
  name: string;
  /** Made anew for each call. */
  call: () => Promise<Call> | Call;
  /** Arguments that are right; each in turn is replaced. An object at the end is options, whose values are replaced as well. */
  right: readonly unknown[];
  /** Keys of its options. */
  keys?: readonly string[];
  /** It may throw at once: a constructor, a function that is not async. Any other must give a promise or an iterator. */
  sync?: true;
}

/** A map that has come to its end. */
function ended(): api.MapRun {
  return new api.CheckpointManager(null, quiet).map('s', 'o', [], () => ({}), { key: 'id' });
}

const READ = READ_KEYS.filter((key) => key !== 'onProgress');
const MAP = [
  'key',
  'content',
  'hash',
  'schema',
  'removed',
  'retryFailed',
  'rateLimit',
  'pauseFor',
  'usage',
  'budget',
  'workers',
  'concurrency',
  'batchSize',
  'flushEvery',
  'retries',
  'timeout',
  'onError',
  'lockWait',
  'onProgress',
  'onEvent',
  'progressBar',
  'compression',
  'compressionLevel',
  'rowGroupRows',
  'pages',
  'base',
  'share',
  'metadata',
  'signal',
];
const SWEEP = ['keep', 'keepHashes', 'olderThan', 'maxBytes', 'dryRun'];

/** The right arguments of what the package exports. What is not here is called with wrong ones only. */
const RIGHT: Record<string, Omit<Target, 'name' | 'call'>> = {
  writeCheckpoint: { right: [here('new.parquet'), GOOD, {}], keys: WRITE_KEYS },
  readCheckpoint: { right: [here('old.parquet'), {}], keys: READ },
  openCheckpoint: { right: [here('old.parquet'), {}], keys: ['verify', 'limits', 'compat', 'signal'] },
  createCheckpoint: { right: [here('new.parquet'), {}], keys: WRITE_KEYS },
  verifyCheckpoint: { right: [here('old.parquet'), {}], keys: ['limits', 'signal', 'onProgress'] },
  migrateDirectory: {
    right: [here('manager'), {}],
    keys: ['keepJson', 'dryRun', 'compression', 'compressionLevel', 'rowGroupRows', 'signal', 'onProgress'],
  },
  hashOperation: { right: [{ config: {} }], keys: ['config', 'code', 'input', 'upstream'] },
  inferSchema: { right: [GOOD], sync: true },
  diffSchema: { right: [{ columns: [] }, { columns: [] }], sync: true },
  stopOnSignal: { right: [ended(), {}], keys: ['signals', 'drain'], sync: true },
  isCheckpointError: { right: [new Error('e')], sync: true },
  CheckpointError: { right: ['ERR_CKPT_IO', 'message', {}], keys: ['path', 'row', 'column', 'cause'], sync: true },
  CheckpointManager: {
    right: [here('manager'), quiet],
    keys: ['enableArrow', 'compression', 'compressionLevel', 'rowGroupRows', 'pages', 'base', 'share', 'compat', 'logger'],
    sync: true,
  },
  JsonlCheckpointManager: { right: [here('kura'), quiet], keys: ['enabled', 'compat', 'logger'], sync: true },
  ParquetCheckpointManager: {
    right: [here('kura'), quiet],
    keys: ['enabled', 'compression', 'compressionLevel', 'rowGroupRows', 'pages', 'compat', 'logger'],
    sync: true,
  },
  MultiCheckpointManager: {
    right: [[new api.JsonlCheckpointManager(here('kura'), quiet)], quiet],
    keys: ['saveStrategy', 'loadStrategy', 'heal', 'logger'],
    sync: true,
  },
  'CheckpointManager.detect': { right: [here('manager'), quiet], keys: ['enableArrow', 'logger'] },
  'CheckpointManager.saveCheckpoint': { right: ['s', 'o', GOOD, {}], keys: WRITE_KEYS },
  'CheckpointManager.loadCheckpoint': { right: ['s', 'o', {}], keys: [...READ, 'hash'] },
  'CheckpointManager.loadOutput': { right: ['s', 'o', {}] },
  'CheckpointManager.scanCheckpoint': { right: ['s', 'o', {}] },
  'CheckpointManager.saveBatchCheckpoint': { right: ['o', 0, GOOD, {}] },
  'CheckpointManager.step': { right: ['s', 'new', {}, () => GOOD], keys: [...WRITE_KEYS, 'lockWait'] },
  'CheckpointManager.map': { right: ['s', 'm', GOOD, () => ({ a: 1 }), { key: 'id' }], keys: MAP },
  'CheckpointManager.mapStream': { right: ['s', 'm', GOOD, () => ({ a: 1 }), { key: 'id' }] },
  'CheckpointManager.planIncremental': { right: ['s', 'm', GOOD, { key: 'id' }], keys: ['key', 'hash'] },
  'CheckpointManager.migrateJsonToArrow': { right: ['s', 'o', {}], keys: ['keepJson', 'signal'] },
  'CheckpointManager.sweep': { right: [{}], keys: SWEEP },
  'CheckpointManager.materialize': { right: ['s', 'o', {}], keys: ['to', 'signal', 'onProgress'] },
  'CheckpointManager.dedupe': { right: [{}], keys: ['dryRun', 'signal', 'onProgress'] },
  'CheckpointManager.compact': { right: [{}], keys: ['dryRun', 'maxGarbage', 'maxHolders', 'signal', 'onProgress'] },
  'CheckpointReader.rows': { right: [{}], keys: READ, sync: true },
  'CheckpointReader.readable': { right: [{}], sync: true },
  'CheckpointReader.stream': { right: [{}], sync: true },
  'CheckpointReader.scanColumns': { right: [{}], sync: true },
  'CheckpointReader.arrowStream': { right: [{}], sync: true },
  'CheckpointReader.arrow': { right: [{}], sync: true },
  'CheckpointReader.batches': { right: [{}], sync: true },
  'CheckpointReader.read': { right: [{}], keys: READ },
  'CheckpointReader.columns': { right: [['id'], {}] },
  'CheckpointReader.count': { right: [{}], keys: ['where', 'threads', 'signal'] },
  'CheckpointReader.sample': { right: [1, {}], keys: ['seed', 'where'] },
  'CheckpointWriter.append': { right: [GOOD] },
};
for (const name of ['JsonlCheckpointManager', 'ParquetCheckpointManager', 'MultiCheckpointManager']) {
  // Their options are checked as those of CheckpointManager are.
  RIGHT[`${name}.saveCheckpoint`] = { right: ['new', GOOD, {}] };
  RIGHT[`${name}.loadCheckpoint`] = { right: ['old', undefined, {}], keys: ['hash', 'torn'] };
}

/** What makes an object whose methods are called. */
const INSTANCES: Record<string, () => Promise<object> | object> = {
  CheckpointManager: () => new api.CheckpointManager(here('manager'), quiet),
  JsonlCheckpointManager: () => new api.JsonlCheckpointManager(here('kura'), quiet),
  ParquetCheckpointManager: () => new api.ParquetCheckpointManager(here('kura'), quiet),
  MultiCheckpointManager: () => new api.MultiCheckpointManager([new api.JsonlCheckpointManager(here('kura'), quiet)], quiet),
  CheckpointReader: () => api.openCheckpoint(here('old.parquet')),
  CheckpointWriter: () => api.createCheckpoint(here('new.parquet')),
};

function targetOf(name: string, call: Target['call'], takes: number): Target {
  // One argument is given to what takes none, too.
  return Object.assign({ name, call }, RIGHT[name] ?? { right: Array.from({ length: Math.max(takes, 1) }) });
}

/** Every function, constructor and method of an entry of the package, of what it is made of itself: a new export is among them. */
function targetsOf(entry: object): Target[] {
  const targets: Target[] = [];
  for (const [name, value] of Object.entries(entry) as [string, unknown][]) {
    if (typeof value !== 'function') continue;
    if (!/^class\b/.test(Function.prototype.toString.call(value))) {
      targets.push(targetOf(name, () => value as Call, value.length));
      continue;
    }
    for (const [key, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(value)))
      if (typeof method === 'function') targets.push(targetOf(`${name}.${key}`, () => (method as Call).bind(value), method.length));
    if (RIGHT[name] !== undefined) targets.push(targetOf(name, () => construct(value), value.length));
    const make = INSTANCES[name];
    if (make !== undefined) targets.push(...methodsOf(name, value.prototype as object, make));
  }
  return targets;
}

function construct(made: unknown): Call {
  return (...args) => Reflect.construct(made as new () => unknown, args) as unknown;
}

/** Those of the classes that it extends as well. */
function methodsOf(name: string, prototype: object, make: () => Promise<object> | object): Target[] {
  const methods = new Map<string, Call>();
  for (let at: object = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && key !== 'constructor' && !methods.has(key)) methods.set(key, value as Call);
  }
  return [...methods].map(([key, method]) => {
    const call = async (): Promise<Call> => {
      const instance = await make();
      return (...args) => Reflect.apply(method, instance, args) as unknown;
    };
    return targetOf(`${name}.${key}`, call, method.length);
  });
}

/** Takes what a call gives to its end: a promise, an iterator, a stream, a reader, a writer. */
async function finish(result: unknown): Promise<void> {
  const value = await result;
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof api.CheckpointWriter) return value.abort();
  if (value instanceof api.CheckpointReader) return value.close();
  if (Symbol.asyncIterator in value) for await (const _ of value as AsyncIterable<unknown>);
}

/**
 * An error of this package; one that a given value threw itself; or what JavaScript says where a given function cannot be called at all.
 */
const isOurs = (error: unknown): boolean =>
  api.isCheckpointError(error) ||
  (error instanceof Error &&
    (error.name === 'mine' ||
      error.message === 'mine' ||
      /^Class constructor|requires 'new'|'apply' on a proxy|incompatible receiver|this is not a typed array/.test(error.message)));

/** How a call broke its promise; undefined if it did not. */
async function faultOf(target: Target, args: readonly unknown[]): Promise<string | undefined> {
  const call = await target.call();
  let result: unknown;
  try {
    result = call(...args);
  } catch (error) {
    if (target.sync !== true) return `throws at once: ${String(error)}`;
    return isOurs(error) ? undefined : `throws ${String((error as Error)?.stack ?? error).slice(0, 400)}`;
  }
  try {
    await finish(result);
  } catch (error) {
    return isOurs(error) ? undefined : `rejects with ${String((error as Error)?.stack ?? error).slice(0, 400)}`;
  }
  return undefined;
}

const snapshot = (): string[] =>
  readdirSync(join(folder, 'work'), { recursive: true })
    .map(String)
    .filter((file) => /tmp|\.new|~/.test(file));

describe('wrong arguments', () => {
  before(async () => {
    mkdirSync(join(folder, 'work'));
    process.chdir(join(folder, 'work'));
    await api.writeCheckpoint(here('old.parquet'), GOOD);
    await new api.CheckpointManager(here('manager'), quiet).saveCheckpoint('s', 'o', GOOD);
    await new api.JsonlCheckpointManager(here('kura'), quiet).saveCheckpoint('old', GOOD);
    process.on('warning', () => {});
  });
  after(() => process.chdir(home));

  const targets = [...targetsOf(api), ...targetsOf(kura)];

  test('are of many kinds, at every place of every call', () => {
    const kinds = new Set(WRONG.map(([kind]) => kind));
    const places = targets.flatMap(({ name, right, keys = [] }) => [...right.keys(), ...keys].map((place) => `${name} ${place}`));
    assert.equal(kinds.size, WRONG.length, 'two kinds have one name');
    assert.ok(kinds.size >= 200, `${kinds.size} kinds`);
    assert.ok(new Set(places).size >= 200, `${new Set(places).size} places`);
  });

  for (const target of targets) {
    test(target.name, { timeout: 60_000 }, async () => {
      const faults: string[] = [];
      for (const [kind, make] of WRONG) {
        for (const at of target.right.keys()) {
          const fault = await faultOf(target, target.right.with(at, make()));
          if (fault !== undefined) faults.push(`argument ${at}, ${kind}: ${fault}`);
        }
        for (const key of target.keys ?? []) {
          const at = target.right.findLastIndex((argument) => typeof argument === 'object' && !Array.isArray(argument));
          const options = { ...(target.right[at] as object), [key]: make() };
          const fault = await faultOf(target, target.right.with(at, options));
          if (fault !== undefined) faults.push(`option ${key}, ${kind}: ${fault}`);
        }
      }
      assert.equal(faults.length, 0, `${faults.length} faults\n${faults.slice(0, 40).join('\n')}`);
      assert.deepStrictEqual(snapshot(), [], 'temporaries are left');
      assert.equal(readFileSync(here('old.parquet')).subarray(0, 4).toString(), 'PAR1');
    });
  }
});
