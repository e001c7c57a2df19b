import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { tableFromArrays, tableToIPC as flechetteToIPC } from '@uwdata/flechette';
import { tableFromArrays as apacheTable, tableToIPC } from 'apache-arrow';
import { openCheckpoint, readCheckpoint, writeCheckpoint, type ArrowStream, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { damagedCopy } from './support/damaged-copy.ts';
import { joined } from './support/joined.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const ROWS: Row[] = Array.from({ length: 2000 }, (_, id) => ({ id, half: id / 2, text: id % 3 === 0 ? null : `t${id}`, list: [id, null] }));

/** Folders of this package below the system's folder of temporaries. */
const temporaries = (): string[] =>
  readdirSync(tmpdir())
    .filter((name) => name.startsWith(`.arrow-ckpt-arrow.${process.pid}.`))
    .sort();

describe('checkpoints of Arrow batches', { skip: noBinding }, () => {
  const folder = tempFolder('arrow-write');
  const path = join(folder, 'saved.parquet');
  const source = join(folder, 'source.parquet');

  test('a C stream and the bytes of a stream give the rows again, in every format', async () => {
    await writeCheckpoint(source, ROWS, { rowGroupRows: 700 });
    await using reader = await openCheckpoint(source);
    const before = temporaries();
    for (const name of ['a.parquet', 'a.json', 'a.jsonl']) {
      const to = join(folder, name);
      const info = await writeCheckpoint(to, reader.arrowStream({ batchRows: 300 }), { hash: 'h' });
      assert.deepStrictEqual([info.rows, info.hash], [2000, 'h']);
      assert.deepStrictEqual(await readCheckpoint(to), ROWS);
      await writeCheckpoint(to, await joined(reader.arrow({ offset: 10, limit: 5 })));
      assert.deepStrictEqual(await readCheckpoint(to), ROWS.slice(10, 15));
    }
    assert.deepStrictEqual(temporaries(), before, 'temporaries are removed');
  });

  test('a stream outlives its reader, and is taken once', async () => {
    const reader = await openCheckpoint(source);
    const stream = reader.arrowStream();
    await reader.close();
    await writeCheckpoint(path, stream);
    assert.deepStrictEqual(await readCheckpoint(path), ROWS);
    await rejectsWith('ERR_CKPT_ARROW', () => writeCheckpoint(path, stream), { message: /taken before/ });
    assert.deepStrictEqual(await readCheckpoint(path), ROWS, 'nothing was written');
  });

  test('tables of apache-arrow and flechette, and their bytes', async () => {
    const values = { id: Int32Array.of(1, 2, 3), text: ['a', null, 'c'] };
    const expected = [1, 2, 3].map((id, row) => ({ id, text: values.text[row] }));
    await writeCheckpoint(path, tableToIPC(apacheTable(values), 'stream'));
    assert.deepStrictEqual(await readCheckpoint(path), expected);
    await writeCheckpoint(path, tableToIPC(apacheTable(values), 'file'));
    assert.deepStrictEqual(await readCheckpoint(path), expected);
    await writeCheckpoint(path, flechetteToIPC(tableFromArrays(values), {}) as Uint8Array);
    assert.deepStrictEqual(await readCheckpoint(path), expected);
    await writeCheckpoint(path, apacheTable(values));
    assert.deepStrictEqual(await readCheckpoint(path), expected);
    await writeCheckpoint(path, tableFromArrays(values));
    assert.deepStrictEqual(await readCheckpoint(path), expected);
  });

  test('types become what those of a Parquet file become', { skip: noPython }, async () => {
    await runPython('arrow_types.py', folder);
    const expected = await readCheckpoint(join(folder, 'types.parquet'));
    assert.equal(Object.keys(expected[0] as Row).length, 23);
    for (const name of ['types.arrows', 'types.arrow']) {
      await writeCheckpoint(path, await readFile(join(folder, name)));
      assert.deepStrictEqual(await readCheckpoint(path), expected, name);
    }
  });

  test('rows without keys are rows', async () => {
    await writeCheckpoint(source, [{}, {}, {}]);
    await using reader = await openCheckpoint(source);
    await writeCheckpoint(path, reader.arrowStream());
    assert.deepStrictEqual(await readCheckpoint(path), [{}, {}, {}]);
    await writeCheckpoint(path, await joined(reader.arrow()));
    assert.deepStrictEqual(await readCheckpoint(path), [{}, {}, {}]);
    await writeCheckpoint(source, ROWS);
  });

  test('a key that C has no name for is refused at once; IPC has it', async () => {
    const odd = join(folder, 'zero.parquet');
    await writeCheckpoint(odd, [{ id: 1, 'a\0b': 2, in: { 'c\0': 3 } }]);
    await using reader = await openCheckpoint(odd);
    for (const columns of [undefined, ['a\0b'], ['in']])
      await rejectsWith('ERR_CKPT_ARROW', () => reader.arrowStream(columns === undefined ? {} : { columns }), {
        message: /zero character/,
      });
    await writeCheckpoint(path, reader.arrowStream({ columns: ['id'] }));
    assert.deepStrictEqual(await readCheckpoint(path), [{ id: 1 }]);
    await writeCheckpoint(path, await joined(reader.arrow()));
    assert.deepStrictEqual(await readCheckpoint(path), [{ id: 1, 'a\0b': 2, in: { 'c\0': 3 } }]);
  });

  test('what is no Arrow is refused, and nothing is written', async () => {
    await writeCheckpoint(path, ROWS);
    const whole = tableToIPC(apacheTable({ id: Int32Array.from({ length: 1000 }, (_, id) => id) }), 'stream');
    for (const bytes of [new Uint8Array(100).fill(0xff), whole.slice(0, whole.length / 2), Buffer.from('ARROW1\0\0 and more')])
      await rejectsWith('ERR_CKPT_ARROW', () => writeCheckpoint(path, bytes), { message: /Arrow data/ });
    for (const other of [new Float64Array(4) as unknown as ArrowStream, new Uint8Array(), Buffer.from('[{}]')])
      await rejectsWith('ERR_CKPT_ROWS_NOT_ITERABLE', () => writeCheckpoint(path, other));
    assert.deepStrictEqual(await readCheckpoint(path), ROWS);
  });

  test('a stream that fails midway writes nothing, and an abort neither', async () => {
    const damaged = await damagedCopy(source, join(folder, 'damaged.parquet'));
    await using reader = await openCheckpoint(damaged);
    const before = temporaries();
    await rejectsWith('ERR_CKPT_ARROW', () => writeCheckpoint(join(folder, 'none.parquet'), reader.arrowStream({ batchRows: 100 })), {
      message: /ERR_CKPT_CORRUPT/,
    });
    await using whole = await openCheckpoint(source);
    const controller = new AbortController();
    const aborted = writeCheckpoint(join(folder, 'none.parquet'), whole.arrowStream(), { signal: controller.signal });
    controller.abort(new Error('enough'));
    await assert.rejects(aborted, /enough/);
    assert.deepStrictEqual(temporaries(), before);
    assert.ok(readdirSync(folder).every((name) => !name.includes('tmp')));
  });

  test('an abort is heard while batches are converted: what comes after it is not looked at', async () => {
    const whole = tableToIPC(apacheTable({ id: Float64Array.from({ length: 100_000 }, (_, id) => id) }), 'stream');
    // Without its end: the conversion would fail there.
    const cut = whole.slice(0, whole.length - 1000);
    const controller = new AbortController();
    const saving = writeCheckpoint(join(folder, 'none.parquet'), cut, { signal: controller.signal });
    while (temporaries().length === 0) await setImmediate();
    controller.abort(new Error('enough'));
    await assert.rejects(saving, /enough/);
    assert.deepStrictEqual(temporaries(), []);
  });
});
