import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { CheckpointManager } from 'arrow-ckpt';
import { loadBinding } from '../build/lib/base/addon/binding.js';
import { cliJson, cliOk, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';
import { makeDemo } from './support/view-demo.js';

const folder = tempFolder('view-report');
const HOSTILE = '</style><script>alert(1)</script><img src=x onerror=alert(2)>\u202e"\'';
const missing = noCli === false && loadBinding() === null ? 'no native binary' : noCli;

suite('arrow-ckpt report', missing, () => {
  let demo: { monday: string; tuesday: string };

  before(async () => (demo = await makeDemo(folder)));

  const report = async (args: readonly string[], code = 0): Promise<string> => {
    const out = join(folder, 'report.html');
    await cliOk(['report', ...args, '--out', out], code);
    return readFileSync(out, 'utf8');
  };

  test('one file with sizes, columns, rows, pictures and what has changed; a damaged checkpoint is told, and the exit code is 1', async () => {
    const html = await report([demo.tuesday, '--since', demo.monday], 1);
    for (const text of [
      '3-summarise / articles',
      'ERR_CKPT_TRUNCATED',
      '516.',
      'small-3',
      'Report 0 on',
      'data:image/png;base64,',
      'matched by id',
    ])
      assert.ok(html.includes(text), text);
    assert.match(html, /<del>slowly<\/del><ins>sharply<\/ins>/);
    assert.match(html, /<ol class="chat">/);
    assert.ok(html.length < 400_000, `${html.length}`);
  });

  test('nothing in it is run or loaded: no script, a policy, no address', async () => {
    const html = await report([demo.tuesday, '--since', demo.monday], 1);
    assert.match(html, /content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:/);
    assert.ok(!/<script|<link|<iframe|javascript:|@import|\son\w+=/i.test(html));
    assert.ok(!/(?:src|href)="(?!#|data:image\/(?:png|jpeg);base64,)/.test(html), 'only anchors and pictures of its own');
  });

  test('--no-values leaves out rows, values and metadata; counts and sizes stay', async () => {
    const html = await report([demo.tuesday, '--since', demo.monday, '--no-values'], 1);
    for (const text of ['Report ', 'small-3', 'feeds/energy', 'Demand', 'reviewer 1', 'data:image', 'solar', 'climate'])
      assert.ok(!html.includes(text), text);
    for (const text of ['Values are left out', '1,199', 'Distinct', 'Changed', 'left out']) assert.ok(html.includes(text), text);
  });

  test('--no-values leaves out what the reason of damage quotes', async () => {
    const directory = join(folder, 'quoting');
    mkdirSync(join(directory, 'step'), { recursive: true });
    writeFileSync(join(directory, 'step', 'lines.jsonl'), '{"a":1}\n"quoted secret"\n');
    writeFileSync(join(directory, 'flat.jsonl'), '{"a":1}\n"quoted secret"\n');
    writeFileSync(join(directory, 'step', 'escape.json'), '{"arrow-ckpt":1,"rows":[{"a":{"$ckpt":"none","v":"quoted secret"}}]}');
    assert.ok((await report([directory], 1)).includes('quoted secret'), 'the values are there otherwise');
    const html = await report([directory, '--no-values'], 1);
    assert.ok(!html.includes('quoted secret'), /.{80}quoted secret/.exec(html)?.[0]);
    assert.ok(html.includes('ERR_CKPT_CORRUPT'));
  });

  test('hostile names, values and metadata are text', async () => {
    const directory = join(folder, 'hostile');
    const manager = new CheckpointManager(directory, { logger: false });
    await manager.saveCheckpoint(HOSTILE, HOSTILE, [{ [HOSTILE]: HOSTILE, nested: { [HOSTILE]: [HOSTILE] }, text: HOSTILE.repeat(200) }], {
      metadata: { [HOSTILE]: HOSTILE },
      hash: HOSTILE,
    });
    const html = await report([directory]);
    assert.ok(html.includes('&lt;script>alert(1)'), 'it is there');
    assert.ok(!/<script|<img|\u202e/.test(html));
    assert.equal(html.split('</style>').length, 2);
  });

  test('--json tells what was written; nothing is written for a directory that is not there', async () => {
    const out = join(folder, 'other.html');
    const told = await cliJson<{ checkpoints: number; damaged: number; bytes: number }>(['report', demo.monday, '-o', out, '-n', '0'], 1);
    assert.deepEqual([told.checkpoints, told.damaged, told.bytes], [6, 1, readFileSync(out).length]);
    const none = join(folder, 'none.html');
    await cliOk(['report', join(folder, 'nothing'), '-o', none], 3);
    await cliOk(['report', demo.monday, '--since', join(folder, 'nothing'), '-o', none], 3);
    assert.match((await cliOk(['report', demo.monday, '--key', 'id', '-o', none], 2)).stderr, /--since, which is not given/);
    assert.ok(!existsSync(none));
  });

  test('a key that no checkpoint has is told beside the checkpoint', async () => {
    const html = await report([demo.tuesday, '--since', demo.monday, '--key', 'nothing'], 1);
    assert.match(html, /ERR_CKPT_UNKNOWN_COLUMN/);
  });
});
