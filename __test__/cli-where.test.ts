import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { cliOk, linesOf, noCli } from './support/run-cli.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const ROWS: Row[] = [
  { n: 0, id: 1145914191454511145n, x: 0.1234567890123456, $state: 'open', a: 1, 'a.b': 3 },
  { n: 1, id: 1145914191454511146n, x: 1e300, $state: 'done', a: 2, 'a.b': 4, texts: ['1145914191454511145'] },
  { n: 2, id: -1145914191454511145n, x: 1.2345678901234567e19, $state: 'open', a: 3, $deep: { $ref: 1 } },
];

const CASES: [where: string[], expected: number[]][] = [
  [['id=1145914191454511145'], [0]],
  [['id>1145914191454511145'], [1]],
  [['id>=1145914191454511145'], [0, 1]],
  [['id!=1145914191454511145'], [1, 2]],
  [['id<-1145914191454511144'], [2]],
  [['{"id":1145914191454511146}'], [1]],
  [['{"id":{"$in":[ 1145914191454511146,-1145914191454511145]}}'], [1, 2]],
  [['{"$or":[{"id":{"$lt":0}},{"texts":"1145914191454511145"}]}'], [1, 2]],
  [['{"id":{"$ckpt":"bigint","v":"1145914191454511145"}}'], [0]],
  [['x=0.12345678901234560000001'], [0]],
  [['x=1e300'], [1]],
  [['x=1.2345678901234567e19'], [2]],
  [['$state=open'], [0, 2]],
  [['$state=open', 'id>0'], [0]],
  [['$deep.$ref=1'], [2]],
  [['{"$field":"$state","$eq":"done"}'], [1]],
  [['{"$field":["$deep","$ref"],"$exists":true}'], [2]],
  [['error=null'], [0, 1, 2]],
  [['a.b=3', '--columns', 'a'], [0]],
];

for (const format of ['parquet', 'json', 'jsonl'] as const) {
  describe(`--where on ${format}`, { skip: noCli || (format === 'parquet' && noBinding) }, () => {
    const path = join(tempFolder(`cli-where-${format}`), `rows.${format}`);
    before(() => writeCheckpoint(path, ROWS));

    test('takes integers with all their digits, and keys that begin with $', { concurrency: 2 }, async (t) => {
      const cases = format === 'parquet' ? CASES : CASES.filter(([[first]]) => /id=1|\$in|\$state=open/.test(first as string));
      await Promise.all(
        cases.map(([[where, ...more], expected]) =>
          t.test(String(where), async () => {
            const columns = more[0] === '--columns' ? more : ['--columns', 'n', ...more.flatMap((one) => ['--where', one])];
            const { stdout } = await cliOk(['cat', path, '--where', where as string, ...columns]);
            const rows = linesOf(stdout) as Row[];
            assert.deepStrictEqual(
              more[0] === '--columns' ? rows.map((row) => (row['a'] as number) - 1) : rows.map((row) => row['n']),
              expected,
            );
          }),
        ),
      );
    });

    test('a strict reading refuses a column that no row has', async () => {
      const { stderr } = await cliOk(['cat', path, '--where', 'error=null', '--unknown-columns', 'error'], 2);
      assert.match(stderr, /"error"/);
      const { stdout } = await cliOk(['cat', path, '--columns', 'n,error', '--unknown-columns', 'missing']);
      assert.deepStrictEqual(linesOf(stdout), [{ n: 0 }, { n: 1 }, { n: 2 }]);
    });
  });
}
