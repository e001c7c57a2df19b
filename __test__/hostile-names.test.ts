import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager } from 'arrow-ckpt';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Names that a path cannot hold, that mean something to a file system, or that some file system takes for another of them. */
const NAMES = [
  [
    '.',
    '..',
    '...',
    '../x',
    '../../etc/passwd',
    '/etc/passwd',
    '/',
    '//',
    '\\',
    '..\\x',
    'C:\\x',
    'C:',
    'a/b',
    'a/../b',
    './a',
    '~',
    '~root',
    '-rf',
    '--',
  ],
  [
    'a\0b',
    '\0',
    'a\nb',
    '\r\n',
    '\t',
    '\x7f',
    '\x1b[31m',
    'a\u2028b',
    '\u0085',
    '\ufeffa',
    '\u200bzero',
    '\u202ertl',
    '\ud800',
    'a\udc00b',
    '\udfff\ud800',
  ],
  [
    'a:b',
    'a*b',
    'a?b',
    'a"b',
    'a<b',
    'a>b',
    'a|b',
    'a%b',
    '%',
    '%2F',
    '%2f',
    '%2E%2E',
    '%u0041',
    '%uD800',
    'a%20b',
    '100%',
    '%+',
    '+',
    '+a',
    'a%+',
    '%+/+x',
  ],
  [
    'con',
    'CON',
    'Con',
    'con.txt',
    'CON.parquet',
    'prn',
    'aux',
    'AUX.json',
    'nul',
    'NUL',
    'nul.txt',
    'com1',
    'COM9',
    'com0',
    'lpt1',
    'LPT9.x',
    'conin$',
    'CONOUT$',
    'com¹',
    'aux .a',
    'console',
    'nulls',
  ],
  [
    'a.',
    'a..',
    'a ',
    'a. ',
    ' a',
    '  ',
    ' ',
    '.hidden',
    '.git',
    '.docetl_intermediate_config.json',
    '.a.parquet.1.ab.tmp',
    'a.tmp',
    'trailing.',
  ],
  [
    'a.parquet',
    'a.json',
    'a.jsonl',
    '.parquet',
    '.json',
    'parquet',
    'a.parquet.json',
    'a_batches',
    'A_BATCHES',
    '_batches',
    'batch_0',
    'a_input_hashes',
    '_input_hashes',
    'A_Input_Hashes',
  ],
  [
    'extract',
    'Extract',
    'EXTRACT',
    'eXtract',
    'extracT',
    'straße',
    'strasse',
    'STRASSE',
    'STRAßE',
    'ſtep',
    'step',
    'STEP',
    'K',
    'k',
    '\u212a',
    'i',
    'I',
    'ı',
    'İ',
    'ǆ',
    'ǅ',
    'Ǆ',
  ],
  [
    'é',
    'e\u0301',
    'É',
    'E\u0301',
    'Å',
    'A\u030a',
    '\u212b',
    'ﬁ',
    'fi',
    'Ａ',
    'ａ',
    '①',
    '1',
    '가',
    '\u1100\u1161',
    'ñ',
    'n\u0303',
    '日本',
    '日本',
    '🚀',
    '👨‍👩‍👧',
    '\u{10ffff}',
  ],
  [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'undefined',
    'null',
    'NaN',
    '0',
    '-1',
    'true',
    '[object Object]',
    '${x}',
    '`',
    "'",
    ';rm',
    '$(x)',
    '&&',
    '#',
    '@',
    '!',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    '=',
    ',',
    '^',
  ],
  [
    'x'.repeat(180),
    'x'.repeat(181),
    'X'.repeat(181),
    'x'.repeat(300),
    'X'.repeat(300),
    `${'x'.repeat(179)}/${'y'.repeat(120)}`,
    'é'.repeat(300),
    '漢'.repeat(300),
    '🚀'.repeat(300),
  ],
  [
    '/'.repeat(300),
    '.'.repeat(300),
    ' '.repeat(300),
    `${'x'.repeat(180)}.hidden`,
    `${'x'.repeat(180)}con`,
    `${'x'.repeat(180)}_batches`,
    `${'a'.repeat(179)}%`,
    '%2F'.repeat(100),
    '\ud800'.repeat(300),
    `${'x'.repeat(299)}.`,
    'long name '.repeat(30),
    'a_batches_batches',
    'a/_batches',
    ['x-1', 'x.1', 'x@1', 'x#1', 'two words', "it's", 'tab\tin', 'e=mc²', 'naïve', 'x\u0300', '%00', '%C3%A9'],
  ],
].flat(2);

/** No component of a path may be any of these anywhere. */
const UNSAFE = /[\\:*?"<>|\u0000-\u001f\u007f]|^\.\.?$|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?: *\.|$)/i;

for (const enableArrow of [true, false]) {
  describe(`hostile names, ${enableArrow ? 'Parquet' : 'JSON'}`, { skip: enableArrow && noBinding }, () => {
    const outer = tempFolder('hostile-names');
    const directory = join(outer, 'inside');
    const manager = new CheckpointManager(directory, { enableArrow, logger: false });
    const unique = [...new Set(NAMES)];

    test('there are more than two hundred', () => assert.ok(unique.length > 200, `${unique.length}`));

    test('each saves, lists and loads under its own name, inside of the directory', { timeout: 120_000 }, async () => {
      const canary = join(outer, 'canary');
      writeFileSync(canary, 'still here');
      for (const [index, name] of unique.entries()) {
        for (const path of [
          await manager.saveCheckpoint('step', name, [{ operation: index }], { hash: `o${index}` }),
          await manager.saveCheckpoint(name, 'operation', [{ step: index }], { hash: `s${index}` }),
          await manager.saveBatchCheckpoint(name, index, [{ batch: index }]),
        ]) {
          assert.ok(resolve(path).startsWith(`${resolve(directory)}/`), path);
          for (const part of path.slice(directory.length + 1).split('/')) {
            assert.doesNotMatch(part, UNSAFE, name);
            assert.ok(Buffer.byteLength(part) <= 210, part);
          }
        }
      }
      assert.deepStrictEqual(readdirSync(outer).sort(), ['canary', 'inside']);
      const listed = await manager.listCheckpoints();
      assert.deepStrictEqual(
        listed
          .filter(({ step }) => step === 'step')
          .map(({ operation }) => operation)
          .sort(),
        [...unique, 'operation'].filter((name, _, all) => name !== 'operation' || all.includes('step')).sort(),
      );
      assert.equal(new Set(listed.map(({ step, operation }) => JSON.stringify([step, operation]))).size, listed.length);
      for (const [index, name] of unique.entries()) {
        if (name !== 'operation')
          assert.deepStrictEqual(await manager.loadCheckpoint('step', name, { hash: `o${index}` }), [{ operation: index }], name);
        assert.deepStrictEqual(await manager.loadCheckpoint(name, 'operation', { hash: `s${index}` }), [{ step: index }], name);
        assert.deepStrictEqual(await manager.loadBatchCheckpoints(name), [[{ batch: index }]], name);
        assert.ok(
          listed.some((entry) => entry.step === name && entry.operation === 'operation'),
          name,
        );
      }
    });

    test('each is deleted alone', { timeout: 120_000 }, async () => {
      for (const [index, name] of unique.entries()) {
        assert.equal(await manager.deleteCheckpoint('step', name), true, name);
        assert.equal(await manager.loadCheckpoint('step', name), null, name);
        if (index % 40 === 0)
          for (const other of unique.slice(index + 1)) assert.notEqual(await manager.getCheckpointInfo('step', other), null, other);
        assert.equal(await manager.deleteBatchCheckpoints(name), true, name);
      }
      await manager.clearAll();
      assert.deepStrictEqual(existsSync(directory) ? readdirSync(directory) : [], []);
      assert.equal(statSync(join(outer, 'canary')).size, 10);
    });
  });
}
