// Hardened JavaScript freezes Object.prototype: assignment then refuses keys that it has, which rows may have too.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('frozen-prototypes');

const CHILD = `
  import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
  const [path, count, keys] = [process.argv[1], Number(process.argv[2]), Number(process.argv[3])];
  const inherited = ['valueOf', 'toString', 'constructor', '__proto__'];
  const texts = Array.from({ length: count }, (_, row) => {
    const members = [...Array.from({ length: keys }, (_, index) => 'key ' + index), ...inherited].map((key) => JSON.stringify(key) + ':' + row);
    const mixed = row % 9 === 0 ? '{"valueOf":[' + row + ']}' : row % 9 === 1 ? '"text"' : row;
    const map = row % 2 === 0 ? '{"toString":1,"b":"c"}' : '{"b":2,"constructor":{"valueOf":[null,"x"]}}';
    return '{' + members.join() + ',"mixed":' + mixed + ',"map":' + map + ',"list":[{"toString":1},{"a":1,"valueOf":null}]}';
  });
  const rows = texts.map((text) => JSON.parse(text));
  rows.forEach((row, index) => (row.when = index % 3 === 0 ? new Date(index) : undefined));
  Object.freeze(Object.prototype);
  Object.freeze(Array.prototype);
  await writeCheckpoint(path, rows);
  const loaded = await readCheckpoint(path);
  const whole = (rows) => JSON.stringify(rows.map((row) => [Object.keys(row), row, row.when instanceof Date]));
  console.log(whole(loaded) === whole(rows));`;

for (const [name, env] of [
  ['generated code', { ARROW_CKPT_CODEGEN: 'always' }],
  ['closures', { ARROW_CKPT_NO_CODEGEN: '1' }],
  ['as it comes', {}],
] as const) {
  for (const format of ['parquet', 'json', 'jsonl']) {
    for (const [rows, keys] of [
      [3, 2],
      [2100, 2],
      [300, 140],
    ]) {
      test(`${rows} rows of ${keys} keys and inherited ones, ${format}, ${name}`, { skip: format === 'parquet' && noBinding }, () => {
        const path = join(folder, `rows.${format}`);
        const child = ['--input-type=module', '-e', CHILD, path, String(rows), String(keys)];
        const said = execFileSync(process.execPath, child, { encoding: 'utf8', env: { ...process.env, ...env } });
        assert.equal(said, 'true\n');
      });
    }
  }
}
