import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Columniser } from '../lib/columnar/write/columniser.js';
import { Slab } from '../lib/columnar/write/chunk-bytes.js';
import { RootNode } from '../lib/columnar/write/root-node.js';
import type { Row } from '../lib/base/rows.js';

const ROWS = 40;
const KEYS = 490;
let state = 490;

/** The same numbers in each run. */
function random(): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return state / 2 ** 31;
}

/** Rows each with half of the keys; `value` makes a value of column `key`. */
function rowsOf(value: (key: number) => unknown): Row[] {
  return Array.from({ length: ROWS }, () => {
    const row: Row = {};
    for (let key = 0; key < KEYS; key++) if (random() < 0.5) row[`key${key}`] = value(key);
    return row;
  });
}

const typed = (key: number): unknown => [`t${key}`, key * 1.5, key % 2 === 0][key % 3];

const KINDS: Record<string, (key: number) => unknown> = {
  'values that do not fit, in all columns': (key) => (random() < 0.05 ? [{ other: key }] : typed(key)),
  'texts that are not ASCII': (key) => `é${key}`,
  'texts with lone surrogates': (key) => (random() < 0.1 ? `\ud800${key}` : `é${key}`),
  'all of these': (key) => (random() < 0.03 ? { other: key } : key % 3 === 0 ? `\udfff${key}` : key % 3 === 1 ? `é${key}` : key),
};

for (const codegen of ['', 'always']) {
  for (const [kind, value] of Object.entries(KINDS)) {
    test(`hundreds of columns are mended together, not one by one: ${kind}${codegen === '' ? '' : ', with code for every shape'}`, (t) => {
      const rows = rowsOf(value);
      process.env['ARROW_CKPT_CODEGEN'] = codegen;
      t.after(() => delete process.env['ARROW_CKPT_CODEGEN']);
      const fills = t.mock.method(RootNode.prototype, 'resetChunk').mock;
      const functions = t.mock.method(globalThis, 'Function').mock;
      const columniser = new Columniser();
      let bytes = columniser.fill(rows, 0, ROWS, 0);
      const slab = new Slab(1 << 22);
      let writes = 1;
      for (; columniser.write(slab, 0) < 0; writes++) {
        bytes = columniser.measure();
        if (bytes < 0) bytes = columniser.fill(rows, 0, ROWS, 0);
        assert.ok(bytes < slab.capacity);
      }
      assert.ok(fills.callCount() <= 6, `${fills.callCount()} fills`);
      assert.ok(writes <= 3, `${writes} writes`);
      // One for the rows as a whole, and with "always" one a shape, for two states of the plan at most.
      const most = codegen === '' ? 2 : 2 + 2 * ROWS;
      assert.ok(functions.callCount() <= most, `${functions.callCount()} functions`);
    });
  }
}
