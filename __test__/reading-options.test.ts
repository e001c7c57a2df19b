import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { byteArrays, i32, int32s, oddParquet } from './support/odd-parquet.ts';
import { noBinding } from './support/readers.ts';
import { READING_CALLS, type ReadingCall } from './support/reading-calls.ts';
import { READING_CASES, READING_FILES, type ReadingCase } from './support/reading-options.ts';
import { resultOf } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

type Outcomes = Record<string, string>;

const ROWS: Row[] = [
  { id: 1, text: 'one', meta: { source: 'web', n: 1 }, tags: ['a'] },
  { id: 2, text: 'two', meta: { source: 'file' } },
  { id: 3, text: null, meta: { source: 'web', n: 3 }, tags: [] },
  { id: 4, text: 'four', meta: null },
  { text: 'five', id: 5, tags: ['b', 'c'] },
  { id: 6, text: 'six', meta: { n: 6, source: 'api' } },
];

async function makeFiles(folder: string): Promise<void> {
  for (const format of ['parquet', 'json', 'jsonl']) {
    await writeCheckpoint(join(folder, `rows.${format}`), ROWS, { rowGroupRows: 2 });
    await writeCheckpoint(join(folder, `empty.${format}`), []);
  }
  await writeCheckpoint(join(folder, 'docetl.parquet'), [{ id: 1, text: 'one' }], { compat: 'docetl' });
  const number = (name: string, wrongCrc: boolean) => ({ name, type: 'INT32', page: int32s(1, 2), wrongCrc }) as const;
  const odd = (name: string, columns: Parameters<typeof oddParquet>[0]): void => writeFileSync(join(folder, name), oddParquet(columns, 2));
  odd('twice.parquet', [number('id', false), number('id', false)]);
  odd('sums.parquet', [number('id', true)]);
  odd('words.parquet', [{ name: 'id', type: 'BYTE_ARRAY', more: { 6: i32(0) }, page: byteArrays('a', Buffer.from([0xff])) }]);
  writeFileSync(join(folder, 'cut.parquet'), readFileSync(join(folder, 'rows.parquet')).subarray(0, -9));
}

/** What the call must give, by what `readCheckpoint` gives; undefined where that says nothing. */
function expectedOf(call: ReadingCall, { options }: ReadingCase, read: string, plain: string): string | undefined {
  const given = options();
  // Of what is wrong both with the file and with the call, any may be told; and a count without a condition reads no rows.
  if (!isRows(plain) && !isRows(read)) return undefined;
  if (call.without?.some((key) => Object.hasOwn(given, key)) === true) return isRows(plain) ? 'ERR_CKPT_UNKNOWN_OPTION' : undefined;
  if (call.name === 'count' && given.where === undefined && !isRows(read)) return undefined;
  return call.counts === true && isRows(read) ? read.slice(0, read.indexOf(':')) : read;
}

const isRows = (outcome: string): boolean => /^\d+ rows/.test(outcome);

suite('every option in every call that reads', noBinding, () => {
  const folder = tempFolder('reading-options');
  const results: Record<string, Outcomes> = {};
  before(async () => {
    await makeFiles(folder);
    const read = (name: string, force: string | undefined): Promise<Outcomes> =>
      resultOf<Outcomes>('reading-options.ts', {
        args: [folder, join(folder, name)],
        env: { ARROW_CKPT_FORCE_JSON: force, NO_COLOR: '1' },
        timeout: 300_000,
      });
    results['natively'] = await read('native', undefined);
    results['without the binary'] = await read('fallback', '1');
  });

  for (const how of ['natively', 'without the binary']) {
    for (const file of READING_FILES) {
      test(`${file}, ${how}`, () => {
        const outcomes = results[how] as Outcomes;
        const wrong: string[] = [];
        for (const one of READING_CASES) {
          const read = outcomes[`${file} | ${one.name} | readCheckpoint`] as string;
          const plain = outcomes[`${file} | nothing | readCheckpoint`] as string;
          if (one.changes.includes(file) && read === plain) wrong.push(`${one.name} makes no difference`);
          const native = (results['natively'] as Outcomes)[`${file} | ${one.name} | readCheckpoint`] as string;
          // Damage in a row that is not wanted may go unseen.
          const unseen = !isRows(plain) && (isRows(native) || isRows(read)) && ['offset', 'limit'].some((key) => key in one.options());
          if (read !== native && !unseen) wrong.push(`${one.name}: the readers differ`);
          for (const call of READING_CALLS) {
            const outcome = outcomes[`${file} | ${one.name} | ${call.name}`];
            const expected = expectedOf(call, one, read, plain);
            if (outcome !== undefined && expected !== undefined && outcome !== expected)
              wrong.push(`${one.name}, ${call.name}: ${outcome}, not ${expected}`);
          }
        }
        assert.equal(wrong.slice(0, 40).join('\n'), '');
        assert.deepStrictEqual(
          Object.values(outcomes).filter((outcome) => outcome.startsWith('uncoded')),
          [],
        );
      });
    }
  }
});
