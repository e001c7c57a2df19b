import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The triple of this machine: the addon is built for it by name, so that what both need is compiled once. */
function host(): string {
  const found = /^host: (.+)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }));
  if (found === null) throw new Error('rustc does not name the triple of this machine');
  return found[1] as string;
}

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
  const missing = ['valgrind', 'taskset', 'cargo'].find((program) => !has(program));
  return missing === undefined ? false : `there is no ${missing} on PATH`;
}

/**
 * The first core that this process may use. All threads are counted on one: on two, chance decides whether one thread or both make ready
 * what each has of its own (a context of zstd, for one), and two counts of 10,000 rows differ by up to 2.4%.
 */
function oneCore(): string {
  const found = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
  if (found === null) throw new Error('/proc/self/status does not name the cores that this process may use');
  return found[1] as string;
}

/** Counts for each number of rows, by callgrind on one core, with the core in the profile of releases: the same on a noisy machine. */
export function countInstructions(sizes: readonly number[]): Instructions[] {
  const triple = host();
  const build = ['build', '--release', '--target', triple, '-p', 'arrow-ckpt', '--example', 'rows'];
  execFileSync('cargo', build, { cwd: ROOT, stdio: 'inherit' });
  const program = join(process.env['CARGO_TARGET_DIR'] ?? join(ROOT, 'target'), triple, 'release', 'examples', 'rows');
  const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-instructions-'));
  try {
    return sizes.map((rows) => {
      // What the making of the rows costs is no part of it.
      const count = (what: string): number => counted(program, what, rows, folder);
      const nothing = count('nothing');
      const [encode, decode] = [count('encode') - nothing, count('decode') - nothing];
      return { rows, encode, decode, encodePerRow: encode / rows, decodePerRow: decode / rows };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function counted(program: string, what: string, rows: number, folder: string): number {
  const tool = ['-c', oneCore(), 'valgrind', '--tool=callgrind', `--callgrind-out-file=${join(folder, 'out')}`];
  // valgrind reports on stderr.
  const { stderr, status } = spawnSync('taskset', [...tool, program, what, String(rows), join(folder, 'rows.parquet')], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const found = /Collected : (\d+)/.exec(stderr);
  if (status !== 0 || found === null) throw new Error(`valgrind gave no count: ${stderr.slice(-500)}`);
  return Number(found[1]);
}
