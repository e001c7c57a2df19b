import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { FORMATS, rejectsWith } from '../support/codes.js';
import { sealFooter } from '../support/footer-seal.js';
import { partsIn } from '../support/part-folders.js';
import { tempFolder } from '../support/temp-folder.js';
import { writeThin } from '../support/thin-files.js';

const ROWS: Row[] = [
  { id: 1, text: 'one' },
  { id: 2, text: 'two' },
];
const noUnix: string | false = process.platform === 'win32' ? 'pipes and links are for Unix' : false;
/** Longer than any file system's names. */
const LONG = 'x'.repeat(300);

/** Registers the tests of what can be wrong with a path, or with the file that is there. */
export function fileErrors(): void {
  for (const format of FORMATS) {
    describe(`paths of ${format}`, () => {
      const folder = tempFolder('errors-paths');
      const at = (...parts: string[]) => join(folder, ...parts);

      test('a missing file', async () => {
        for (const path of [at(`none.${format}`), at('no', 'folder', `none.${format}`)]) {
          await rejectsWith('ERR_CKPT_NOT_FOUND', () => readCheckpoint(path), { path });
        }
      });

      test('a folder where a file should be', async () => {
        const path = at(`folder.${format}`);
        mkdirSync(join(path, 'inside'), { recursive: true });
        await rejectsWith('ERR_CKPT_NOT_A_FILE', () => readCheckpoint(path), { path });
        await rejectsWith('ERR_CKPT_NOT_A_FILE', () => writeCheckpoint(path, ROWS), { path });
        assert.deepStrictEqual(readdirSync(path), ['inside']);
      });

      test('a file where a folder should be', async () => {
        writeFileSync(at('file'), 'mine');
        for (const path of [at('file', `a.${format}`), at('file', 'deeper', `a.${format}`)]) {
          await rejectsWith('ERR_CKPT_NOT_A_FILE', () => readCheckpoint(path), { path });
          await rejectsWith('ERR_CKPT_NOT_A_FILE', () => writeCheckpoint(path, ROWS), { path });
        }
        assert.equal(readFileSync(at('file'), 'utf8'), 'mine');
      });

      test('a pipe where a file should be is neither waited for nor replaced', { skip: noUnix }, async () => {
        const path = at(`pipe.${format}`);
        execFileSync('mkfifo', [path]);
        await rejectsWith('ERR_CKPT_NOT_A_FILE', () => readCheckpoint(path), { path });
        await rejectsWith('ERR_CKPT_NOT_A_FILE', () => writeCheckpoint(path, ROWS), { path });
        assert.ok(lstatSync(path).isFIFO());
      });

      test('any other refusal of the system', async () => {
        for (const path of [at(`${LONG}.${format}`), at(LONG, `a.${format}`)]) {
          await rejectsWith('ERR_CKPT_IO', () => readCheckpoint(path), { path });
          await rejectsWith('ERR_CKPT_IO', () => writeCheckpoint(path, ROWS), { path });
        }
      });

      test('links that go round', { skip: noUnix }, async () => {
        symlinkSync(`loop.${format}`, at(`loop.${format}`));
        await rejectsWith('ERR_CKPT_IO', () => readCheckpoint(at(`loop.${format}`)));
      });

      test('a column that is not there', async () => {
        const path = at(`columns.${format}`);
        await writeCheckpoint(path, ROWS);
        await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => readCheckpoint(path, { columns: ['id', 'nope'] }), { path, column: 'nope' });
        for (const column of ['__proto__', 'constructor', 'ID', '']) {
          await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => readCheckpoint(path, { columns: [column] }), { column });
        }
      });

      test('nothing but what was put there is left', () => {
        const left = readdirSync(folder).filter((name) => name.startsWith('.') || name.endsWith('.tmp'));
        assert.deepStrictEqual(left, []);
      });
    });
  }

  describe('contents', () => {
    const folder = tempFolder('errors-contents');
    const stored = (name: string, bytes: string | Uint8Array) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const saved = async (name: string) => {
      await writeCheckpoint(join(folder, name), ROWS, { hash: 'h' });
      return readFileSync(join(folder, name));
    };

    test('neither Parquet nor JSON', async () => {
      for (const bytes of ['hello', '7', '"[]"', '{"a":1}\n{"a":2}', 'PAR1', 'PAR1PAR1', '\x89PNG\r\n', Buffer.alloc(100)]) {
        const path = stored('other.parquet', bytes);
        await rejectsWith('ERR_CKPT_NOT_A_CHECKPOINT', () => readCheckpoint(path), { path });
      }
    });

    test('a file that ends too early', async () => {
      for (const bytes of [(await saved('a.parquet')).subarray(0, 200), (await saved('a.json')).subarray(0, -4), '', '[{"a":1},']) {
        const path = stored('cut', bytes);
        await rejectsWith('ERR_CKPT_TRUNCATED', () => readCheckpoint(path), { path });
      }
    });

    test('other bytes than were written', async () => {
      const parquet = await saved('a.parquet');
      parquet[10]! ^= 1;
      await rejectsWith('ERR_CKPT_CORRUPT', () => readCheckpoint(stored('flip', parquet)), { path: join(folder, 'flip'), column: 'id' });
      const path = stored('broken.json', '[{"a":1},{"a":tru}]');
      await rejectsWith('ERR_CKPT_CORRUPT', () => readCheckpoint(path), { path });
    });

    test('a later version of the format', async () => {
      const parquet = await saved('a.parquet');
      const key = 'arrow-ckpt.version';
      // Behind the key's bytes one byte of field header and one of length, then the version.
      const version = parquet.indexOf(key) + key.length + 2;
      assert.equal(String.fromCharCode(parquet[version]!), '1');
      parquet.write('9', version);
      const path = stored('later.parquet', sealFooter(parquet));
      await rejectsWith('ERR_CKPT_FORMAT_VERSION', () => readCheckpoint(path), { path, message: /version 9.*version 2/ });
      const json = stored('later.json', '{"arrow-ckpt":{"version":9},"rows":[]}');
      await rejectsWith('ERR_CKPT_FORMAT_VERSION', () => readCheckpoint(json), { path: json, message: /version 9.*version 1/ });
    });

    test('a file that the checkpoint has values in is gone', async () => {
      const { path, whole, pool } = await writeThin(join(folder, 'thin'), ROWS, [1, 0], ['text']);
      for (const holder of [whole, pool]) rmSync(holder);
      await rejectsWith('ERR_CKPT_BASE', () => readCheckpoint(path), { path, column: 'text', message: /step\/whole\.parquet.*missing/ });
    });

    test('a column of two types in the parts of a folder', async () => {
      const path = await partsIn(join(folder, 'differs.parquet'), { 'part-0.parquet': [{ a: 1 }], 'part-1.parquet': [{ a: 'x' }] });
      await rejectsWith('ERR_CKPT_PARTS_DIFFER', () => readCheckpoint(path), { path: join(path, 'part-1.parquet'), column: 'a' });
    });

    test('encrypted Parquet', async () => {
      const parquet = await saved('a.parquet');
      parquet.write('PARE', parquet.length - 4);
      const path = stored('encrypted', parquet);
      await rejectsWith('ERR_CKPT_UNSUPPORTED_FILE', () => readCheckpoint(path), { path, message: /encryption/ });
    });

    test('more than a cap allows', async () => {
      // A file of holes with a footer that is said to take 300 MB.
      const path = stored('huge-footer', 'PAR1');
      truncateSync(path, 400 << 20);
      const tail = Buffer.from('\0\0\0\0PAR1');
      tail.writeUInt32LE(300 << 20);
      const handle = openSync(path, 'r+');
      writeSync(handle, tail, 0, 8, (400 << 20) - 8);
      closeSync(handle);
      await rejectsWith('ERR_CKPT_LIMIT', () => readCheckpoint(path), { path, message: /footer has 314572800 bytes/ });
      const deep = '['.repeat(2000) + ']'.repeat(2000);
      const json = stored(
        'deep.json',
        `{"arrow-ckpt":{"version":1,"rows":1,"escapes":true},"rows":[{"a":[{"$ckpt":"undefined"},${deep}]}]}`,
      );
      await rejectsWith('ERR_CKPT_LIMIT', () => readCheckpoint(json), { message: /deep/ });
    });
  });
}
