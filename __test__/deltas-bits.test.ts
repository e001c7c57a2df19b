import assert from 'node:assert/strict';
import { chmodSync, closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isCheckpointError, writeCheckpoint, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { pairIn } from './support/footer-pairs.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { holdersIn } from './support/thin-directory.ts';

/** Bits that are flipped in each file; `ARROW_CKPT_BITS=all` flips every one, for a run that is recorded in docs/RELIABILITY.md. */
const BITS = Number(process.env['ARROW_CKPT_BITS'] === 'all' ? Infinity : (process.env['ARROW_CKPT_BITS'] ?? 100));
const textOf = (id: number, of: string): string => `${of} ${id} `.padEnd(700, 'long ');
const rowsOf = (from: number, count: number, of: string): Row[] =>
  Array.from({ length: count }, (_, at) => ({ id: from + at, text: textOf(from + at, of) }));

suite('a bit that flips in a thin checkpoint or in a file that it refers to', noBinding, () => {
  process.env['ARROW_CKPT_SHARE_ANY'] = '1';
  const folder = tempFolder('deltas-bits');
  const [first, second, thin] = ['first', 'second', 'thin'].map((name) => join(folder, `${name}.parquet`)) as [string, string, string];
  const groups = { rowGroupRows: 16 };

  /** References to two files, values of its own, nulls and repeats. */
  async function make(): Promise<Row[]> {
    const [here, there] = [rowsOf(0, 12, 'first'), rowsOf(100, 10, 'second')];
    await writeCheckpoint(first, here, { base: 'auto', ...groups });
    await writeCheckpoint(second, there, { base: 'auto', ...groups });
    const own = [...rowsOf(200, 2, 'own'), { id: 202, text: null }];
    const rows = [...here.slice(1, 9), ...there.slice(2, 9), ...own, here[3]!, here[3]!];
    const { delta } = await writeCheckpoint(thin, rows, { base: [first, second], ...groups });
    assert.equal(delta?.holders.length, 2);
    assert.deepEqual(delta.columns, { text: { shared: 15, own: 5 } });
    // Only the pool has them.
    for (const path of [first, second]) rmSync(path);
    return rows;
  }

  test('gives the rows that were saved or a coded error, never other rows', { timeout: 3_600_000 }, async (t) => {
    const rows = await make();
    const ids = rows.map(({ id }) => ({ id }));
    const holders = holdersIn(folder);
    assert.equal(holders.length, 2);
    for (const path of [thin, ...holders]) {
      chmodSync(path, 0o644);
      const bytes = readFileSync(path);
      const digests = JSON.parse(pairIn(path, 'arrow-ckpt.digests')) as { offset: number; bytes: number };
      const step = Math.max(1, Math.floor((bytes.length * 8) / BITS));
      const counts = Object.fromEntries(READERS.map(({ name }) => [name, {} as Record<string, number>]));
      let [tried, refused] = [0, 0];
      const file = openSync(path, 'r+');
      try {
        for (let bit = 0; bit < bytes.length * 8; bit += step) {
          const at = bit >> 3;
          writeSync(file, Buffer.of(bytes[at]! ^ (1 << (bit & 7))), 0, 1, at);
          tried++;
          for (const { name, read } of READERS) {
            let code = 'the same rows';
            try {
              assertExact(await read(thin), rows);
              // The checksums cover every byte of the file itself that a load needs.
              const spare = at >= digests.offset && at < digests.offset + digests.bytes;
              assert.ok(path !== thin || spare, 'not seen');
            } catch (error) {
              const what = `bit ${bit & 7} of byte ${at} of ${bytes.length}, ${name}`;
              if (!isCheckpointError(error)) throw new Error(`${what}: ${String(error)}`, { cause: error });
              const codes =
                path === thin
                  ? ['ERR_CKPT_CORRUPT', 'ERR_CKPT_NOT_A_CHECKPOINT', 'ERR_CKPT_TRUNCATED']
                  : ['ERR_CKPT_CORRUPT', 'ERR_CKPT_BASE'];
              assert.ok(codes.includes(error.code), `${what}: ${error.code} ${error.message}`);
              assert.ok(error.path === thin || error.path === path, `${what}: ${error.path}`);
              ({ code } = error);
              refused++;
            }
            counts[name]![code] = (counts[name]![code] ?? 0) + 1;
            // What stands in the file itself needs no other.
            if (path !== thin && tried % 16 === 0) assertExact(await read(thin, { columns: ['id'] }), ids);
          }
          writeSync(file, bytes, at, 1, at);
        }
      } finally {
        closeSync(file);
      }
      t.diagnostic(`${path === thin ? 'the thin file' : 'a holder'}: ${bytes.length} bytes, ${tried} bits, ${JSON.stringify(counts)}`);
      // Of another file not all is needed.
      assert.ok(refused > tried / 4, `${refused} of ${tried}`);
      for (const { read } of READERS) assertExact(await read(thin), rows);
    }
  });
});
