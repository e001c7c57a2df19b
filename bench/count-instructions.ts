import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROGRAM = join(process.env['CARGO_TARGET_DIR'] ?? join(ROOT, 'target'), 'release', 'examples', 'rows');

/** Instructions of the core for the rows of crates/arrow-ckpt/benches/rows. */
export interface Instructions {
  rows: number;
  encode: number;
  decode: number;
  encodePerRow: number;
  decodePerRow: number;
}

/** Why instructions cannot be counted here; false where they can. */
export function cannotCount(): string | false {
  const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
  if (!has('valgrind')) return 'there is no valgrind on PATH';
  return has('cargo') ? false : 'there is no cargo on PATH';
}

/** Counts for each number of rows, by valgrind's callgrind, with the core in the profile of releases: the same on a noisy machine. */
export function countInstructions(sizes: readonly number[]): Instructions[] {
  execFileSync('cargo', ['build', '--release', '-p', 'arrow-ckpt', '--example', 'rows'], { cwd: ROOT, stdio: 'inherit' });
  const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-instructions-'));
  try {
    return sizes.map((rows) => {
      // What the making of the rows costs is no part of it.
      const nothing = counted('nothing', rows, folder);
      const [encode, decode] = [counted('encode', rows, folder) - nothing, counted('decode', rows, folder) - nothing];
      return { rows, encode, decode, encodePerRow: encode / rows, decodePerRow: decode / rows };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function counted(what: string, rows: number, folder: string): number {
  const tool = ['--tool=callgrind', `--callgrind-out-file=${join(folder, 'out')}`];
  // valgrind reports on stderr.
  const { stderr, status } = spawnSync('valgrind', [...tool, PROGRAM, what, String(rows), join(folder, 'rows.parquet')], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const found = /Collected : (\d+)/.exec(stderr);
  if (status !== 0 || found === null) throw new Error(`valgrind gave no count: ${stderr.slice(-500)}`);
  return Number(found[1]);
}
