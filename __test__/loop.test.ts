import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { loadBinding } from '../lib/base/addon/binding.js';
import { FORMATS } from './support/codes.js';
import { tempFolder } from './support/temp-folder.js';

const COUNT = 200_000;
/** Rows between two that tell in which turn they were read. */
const EVERY = 500;

/** Counts in how many turns of the event loop something happened: counts and not times, since machines differ. */
class Turns {
  #turn = 0;
  #running = true;
  #timers = 0;
  readonly #seen = new Set<number>();

  mark = (): void => {
    this.#seen.add(this.#turn);
  };

  /** Runs `work`; asserts that its marks were spread over several turns, and that a timer ran between. */
  async during(work: () => Promise<unknown>, t: TestContext): Promise<void> {
    const turn = (): void => {
      this.#turn++;
      if (this.#running) setImmediate(turn);
    };
    turn();
    const timer = setInterval(() => this.#timers++, 1);
    await work();
    this.#running = false;
    clearInterval(timer);
    t.diagnostic(`the work was spread over ${this.#seen.size} turns, ${this.#timers} timers ran`);
    // In one piece it would be one turn.
    assert.ok(this.#seen.size >= 4);
    assert.ok(this.#timers >= 2);
  }
}

/** Rows of which some call `mark` when they are read. */
function rowsThatTell(mark: () => void): Row[] {
  return Array.from({ length: COUNT }, (_, id) => {
    const row: Row = { id, title: `title ${id}`, body: `the body of row ${id} `.repeat(5), score: id / 7, tags: ['a', `t${id % 9}`] };
    if (id % EVERY !== 0) return row;
    const get = (): number => {
      mark();
      return id;
    };
    return Object.defineProperty(row, 'id', { get, enumerable: true });
  });
}

for (const format of FORMATS) {
  describe(`the event loop runs meanwhile, ${format}`, { skip: format === 'parquet' && loadBinding() === null }, () => {
    const path = join(tempFolder('loop'), `a.${format}`);
    async function* later(rows: Row[]): AsyncGenerator<Row> {
      yield* rows;
    }

    for (const [what, sourceOf] of [
      ['an array', (rows: Row[]) => rows],
      ['an iterable', (rows: Row[]) => new Set(rows)],
      ['an async iterable', later],
    ] as const) {
      test(`a save of ${what}`, async (t) => {
        const turns = new Turns();
        const rows = rowsThatTell(turns.mark);
        await turns.during(() => writeCheckpoint(path, sourceOf(rows)), t);
      });
    }

    test('a load', async (t) => {
      const turns = new Turns();
      // Rows are made between the arrival of a block and its release, and where JSON is parsed.
      const [owner, name] = format === 'parquet' ? [loadBinding()!.NativeReader.prototype, 'release'] : [JSON, 'parse'];
      const original = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
      t.mock.method(owner as unknown as Record<string, () => unknown>, name, function (this: unknown, ...args: unknown[]) {
        turns.mark();
        return original.apply(this, args);
      });
      await turns.during(async () => assert.equal((await readCheckpoint(path)).length, COUNT), t);
    });
  });
}
