import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mounting, noMounts } from './support/no-mounts.ts';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

interface Outcome {
  saves: string[];
  warnings: string[];
  /** Temporaries that stayed. */
  left: string[];
}

const PROGRAM = fileURLToPath(new URL('./programs/thin-no-pool.mjs', import.meta.url));

suite('where no file can be kept for others', noBinding || noMounts(), () => {
  const folder = tempFolder('deltas-no-links');

  /** Two saves on a tmpfs with these options, after a command of the shell. */
  const saves = (options: string, then: string): Promise<Outcome> => {
    const through = mounting(folder, `mount -t tmpfs -o ${options} none "$0"`, `"$1" "${PROGRAM}" "$0" prepare`, then);
    return resultOf('thin-no-pool.mjs', { args: [folder, 'save'], through });
  };

  const PLACES: Record<string, [then: string, cause: RegExp]> = {
    'a pool on another file system (EXDEV)': ['mkdir -p "$0/.ckpt/pool" && mount -t tmpfs none "$0/.ckpt/pool"', /[Cc]ross-device/],
    'a pool that is read-only (EROFS)': ['mkdir -p "$0/.ckpt/pool" && mount -t tmpfs -o ro none "$0/.ckpt/pool"', /[Rr]ead-only/],
    'a folder of ours that is read-only (EROFS)': ['mkdir "$0/.ckpt" && mount -t tmpfs -o ro none "$0/.ckpt"', /read-only/],
  };
  for (const [what, [then, cause]] of Object.entries(PLACES)) {
    test(`${what}: whole files, and one warning that says why`, async () => {
      const { saves: came, warnings, left } = await saves('size=64m', then);
      assert.deepStrictEqual(came, ['whole', 'whole']);
      assert.equal(warnings.length, 1, warnings.join('\n'));
      assert.match(warnings[0]!, cause);
      assert.ok(warnings[0]!.includes(`a checkpoint in ${folder} is whole`), warnings[0]);
      assert.deepStrictEqual(left, []);
    });
  }

  test('a disk that is full in the middle of a pin: a thin file, a whole one, or the old one', async (t) => {
    const met: Record<string, number> = {};
    // Each folder, file and link takes one of these; a whole file has room in the larger one only.
    for (const size of ['3m', '64m'])
      for (let inodes = 5; inodes <= 9; inodes++) {
        const { saves: came, warnings, left } = await saves(`size=${size},nr_inodes=${inodes}`, 'true');
        const what = `${size}, ${inodes}: ${came.join()} ${warnings.join()}`;
        for (const [turn, save] of came.entries()) {
          assert.ok(['thin', 'whole', 'ERR_CKPT_NO_SPACE'].includes(save), what);
          met[save] = (met[save] ?? 0) + 1;
          if (turn === 0 && save === 'whole') assert.ok(warnings.length > 0, what);
        }
        // One for each cause: the first save may have made the pool, and left no room for a lock.
        assert.equal(new Set(warnings).size, warnings.length, what);
        assert.deepStrictEqual(left, [], what);
      }
    t.diagnostic(JSON.stringify(met));
    for (const save of ['thin', 'whole', 'ERR_CKPT_NO_SPACE']) assert.ok(met[save]! > 1, JSON.stringify(met));
  });
});
