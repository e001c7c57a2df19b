import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  CheckpointManager,
  readCheckpoint,
  writeCheckpoint,
  type CheckpointErrorCode,
  type ReadOptions,
  type WriteOptions,
} from 'arrow-ckpt';
import assert from 'node:assert/strict';
import { FORMATS, rejectsWith } from '../support/codes.js';
import { tempFolder } from '../support/temp-folder.js';

/** Options of a save that are refused, and what the message must name. */
const WRITE: [object, CheckpointErrorCode, RegExp][] = [
  [{ codec: 'zstd' }, 'ERR_CKPT_UNKNOWN_OPTION', /'codec'.*compression/],
  [{ columns: ['a'] }, 'ERR_CKPT_UNKNOWN_OPTION', /'columns'/],
  [{ compression: 'zip' }, 'ERR_CKPT_UNKNOWN_CODEC', /"zip".*zstd/],
  [{ compression: 'ZSTD' }, 'ERR_CKPT_UNKNOWN_CODEC', /"ZSTD"/],
  [{ compression: 7 }, 'ERR_CKPT_UNKNOWN_CODEC', /7/],
  [{ compression: null }, 'ERR_CKPT_UNKNOWN_CODEC', /null/],
  [{ compression: 'zstd', compressionLevel: 23 }, 'ERR_CKPT_INVALID_OPTION', /1 to 22, got 23/],
  [{ compression: 'gzip', compressionLevel: 1.5 }, 'ERR_CKPT_INVALID_OPTION', /0 to 9, got 1.5/],
  [{ compression: 'brotli', compressionLevel: -1 }, 'ERR_CKPT_INVALID_OPTION', /0 to 11, got -1/],
  [{ compression: 'snappy', compressionLevel: 1 }, 'ERR_CKPT_INVALID_OPTION', /'snappy' has no compressionLevel/],
  [{ compressionLevel: 1 }, 'ERR_CKPT_INVALID_OPTION', /'auto' has no compressionLevel/],
  [{ rowGroupRows: 0 }, 'ERR_CKPT_INVALID_OPTION', /rowGroupRows.*got 0/],
  [{ rowGroupRows: 2 ** 24 + 1 }, 'ERR_CKPT_INVALID_OPTION', /rowGroupRows.*got 16777217/],
  [{ rowGroupRows: Number.NaN }, 'ERR_CKPT_INVALID_OPTION', /rowGroupRows.*NaN/],
  [{ rowGroupRows: '10' }, 'ERR_CKPT_INVALID_OPTION', /rowGroupRows.*"10"/],
  [{ bloomFilter: 'a' }, 'ERR_CKPT_INVALID_OPTION', /bloomFilter.*"a"/],
  [{ bloomFilter: [1] }, 'ERR_CKPT_INVALID_OPTION', /bloomFilter must be true, false or an array/],
  [{ bloomFilter: null }, 'ERR_CKPT_INVALID_OPTION', /bloomFilter.*null/],
  [{ hash: 1 }, 'ERR_CKPT_INVALID_OPTION', /hash.*got 1/],
  [{ metadata: 'x' }, 'ERR_CKPT_INVALID_OPTION', /metadata.*"x"/],
  [{ metadata: { model: 7 } }, 'ERR_CKPT_INVALID_OPTION', /metadata\.model.*7/],
  [{ signal: {} }, 'ERR_CKPT_INVALID_OPTION', /signal/],
  [{ onProgress: 'x' }, 'ERR_CKPT_INVALID_OPTION', /onProgress/],
];

const READ: [object, CheckpointErrorCode, RegExp][] = [
  [{ column: ['a'] }, 'ERR_CKPT_UNKNOWN_OPTION', /'column'.*columns/],
  [{ columns: 'a' }, 'ERR_CKPT_INVALID_OPTION', /columns.*"a"/],
  [{ columns: [1] }, 'ERR_CKPT_INVALID_OPTION', /columns/],
  [{ verify: 1 }, 'ERR_CKPT_INVALID_OPTION', /verify.*1/],
  [{ signal: new AbortController() }, 'ERR_CKPT_INVALID_OPTION', /signal.*AbortController/],
  [{ onProgress: {} }, 'ERR_CKPT_INVALID_OPTION', /onProgress/],
];

/** Registers the tests of what is wrong with a call itself: nothing is touched. */
export function argumentErrors(): void {
  describe('arguments', () => {
    const folder = tempFolder('errors-arguments');

    test('a path that is none', async () => {
      for (const path of ['', 'a\0b', 7, null, undefined, new URL('file:///x')] as string[]) {
        await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => writeCheckpoint(path, []), { message: /path must be/ });
        await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => readCheckpoint(path), { message: /path must be/ });
      }
    });

    test('names of a manager', async () => {
      const manager = new CheckpointManager(folder, { logger: false });
      await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => manager.saveCheckpoint('', 'o', []));
      await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => manager.loadCheckpoint('s', 'x'.repeat(3000)));
      await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => manager.saveBatchCheckpoint('o', -1, []));
    });

    for (const format of FORMATS) {
      test(`options of a save to ${format}`, async () => {
        const path = join(folder, `a.${format}`);
        for (const [options, code, message] of WRITE)
          await rejectsWith(code, () => writeCheckpoint(path, [{}], options as WriteOptions), { message });
        for (const options of [null, 1, 'zstd', true]) {
          const call = () => writeCheckpoint(path, [{}], options as unknown as WriteOptions);
          await rejectsWith('ERR_CKPT_INVALID_OPTION', call, { message: /must be an object/ });
        }
      });

      test(`options of a load from ${format}`, async () => {
        // They are looked at before the file, which is not there.
        const path = join(folder, `a.${format}`);
        for (const [options, code, message] of READ)
          await rejectsWith(code, () => readCheckpoint(path, options as ReadOptions), { message });
      });
    }

    test('nothing was made', () => assert.deepStrictEqual(readdirSync(folder), []));
  });
}
