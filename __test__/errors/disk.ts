import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCheckpoint, writeCheckpoint, type CheckpointErrorCode, type Row } from 'arrow-ckpt';
import { FORMATS, rejectsWith, seenCodes, type Format } from '../support/codes.js';
import { mounting, noMounts } from '../support/no-mounts.ts';
import { resultOf, runProgram } from '../support/run-program.js';
import { tempFolder } from '../support/temp-folder.js';

interface Failure {
  code: CheckpointErrorCode;
  path?: string;
  message?: string;
}

interface Report {
  save: Failure | null;
  load: Failure | null;
  old: unknown;
  unreadable: Failure | null;
  files: string[];
}

/** A user that owns nothing, for a process that root starts: root may read and write everything. */
const NOBODY = process.getuid?.() === 0 ? 65_534 : undefined;

/** Registers the tests of disks that are full, read-only or another's. */
export function diskErrors(): void {
  const skip = noMounts();
  const folder = tempFolder('errors-disk');
  chmodSync(folder, 0o755);

  /** Starts node on a tmpfs at `where` with an old checkpoint on it; `then` is a command of the shell in between. */
  const onSmallDisk = (where: string, megabytes: number, format: Format, then: string) => {
    const saveOld = fileURLToPath(new URL('../programs/save-old.mjs', import.meta.url));
    return mounting(where, `mount -t tmpfs -o size=${megabytes}m none "$0"`, `"$1" "${saveOld}" "$0" ${format}`, then);
  };

  function assertRefused(t: TestContext, { save, old, files }: Report, code: CheckpointErrorCode, path: string, format: Format): void {
    t.diagnostic(save?.message ?? 'no message');
    assert.deepStrictEqual({ code: save?.code, path: save?.path }, { code, path });
    assert.deepStrictEqual(old, [{ old: true }]);
    assert.deepStrictEqual(files, [`a.${format}`]);
    seenCodes.add(code);
  }

  for (const format of FORMATS) {
    describe(`disks under ${format}`, () => {
      test('a full one: at the first bytes, and after some megabytes', { skip }, async (t) => {
        for (const [rows, megabytes] of [
          [20_000, 1],
          [120_000, 8],
        ] as const) {
          const where = join(folder, `full-${megabytes}-${format}`);
          mkdirSync(where);
          const report = await resultOf<Report>('disk-trouble.mjs', {
            args: [where, String(rows), format],
            through: onSmallDisk(where, megabytes, format, 'true'),
          });
          assertRefused(t, report, 'ERR_CKPT_NO_SPACE', join(where, `a.${format}`), format);
        }
      });

      test('a directory that is removed in the middle of a save, and one that is there again', async () => {
        const where = join(folder, `removed-${format}`);
        const path = join(where, `a.${format}`);
        mkdirSync(where);
        await writeCheckpoint(path, [{ old: true }]);
        function* rows(count: number): Generator<Row> {
          for (let id = 0; id < 200_000; id++) {
            if (id === count) rmSync(where, { recursive: true });
            yield { id };
          }
        }
        await rejectsWith('ERR_CKPT_NOT_FOUND', () => writeCheckpoint(path, rows(190_000)), { path });
        assert.equal(existsSync(where), false);
        // The next save makes it anew.
        await writeCheckpoint(path, [{ again: true }]);
        assert.deepStrictEqual(await readCheckpoint(path), [{ again: true }]);
        assert.deepStrictEqual(readdirSync(where), [`a.${format}`]);
        rmSync(where, { recursive: true });
        await rejectsWith('ERR_CKPT_NOT_FOUND', () => readCheckpoint(path), { path });
      });

      test('one that is mounted read-only', { skip }, async (t) => {
        const where = join(folder, `read-only-${format}`);
        mkdirSync(where);
        const report = await resultOf<Report>('disk-trouble.mjs', {
          args: [where, '10', format],
          through: onSmallDisk(where, 1, format, 'mount -o remount,ro "$0"'),
        });
        assertRefused(t, report, 'ERR_CKPT_READ_ONLY', join(where, `a.${format}`), format);
      });

      test('a folder and a file of another user', { skip: process.platform === 'win32' ? 'modes are for Unix' : false }, async (t) => {
        const reach = await runProgram('load-code.mjs', { args: [tempFolderFor(folder, format)], ...asNobody() });
        if (reach.code !== 0) return t.skip(`another user cannot run the package where it lies: ${reach.stderr.slice(0, 200)}`);
        const where = join(folder, `locked-${format}`);
        mkdirSync(where);
        await writeCheckpoint(join(where, `a.${format}`), [{ old: true }]);
        const secret = join(folder, `secret.${format}`);
        await writeCheckpoint(secret, [{ a: 1 }]);
        chmodSync(secret, 0o000);
        chmodSync(where, 0o555);
        const report = await resultOf<Report>('disk-trouble.mjs', { args: [where, '10', format, 'load', secret], ...asNobody() });
        chmodSync(where, 0o755);
        assertRefused(t, report, 'ERR_CKPT_PERMISSION', join(where, `a.${format}`), format);
        assert.deepStrictEqual({ code: report.load?.code, path: report.load?.path }, { code: 'ERR_CKPT_PERMISSION', path: secret });
      });
    });
  }

  // A disk that nobody may mount here cannot be tried: the list of codes must not fail for that, and the skip is reported.
  if (skip !== false) for (const code of ['ERR_CKPT_NO_SPACE', 'ERR_CKPT_READ_ONLY'] as const) seenCodes.add(code);
}

function asNobody(): { uid?: number } {
  return NOBODY === undefined ? {} : { uid: NOBODY };
}

/** A folder that everybody may write to. */
function tempFolderFor(folder: string, format: Format): string {
  const path = join(folder, `open-${format}`);
  mkdirSync(path);
  chmodSync(path, 0o777);
  return path;
}
