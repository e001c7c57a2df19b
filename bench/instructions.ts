// npm run bench:instructions: instructions of the core for each row, counted by valgrind's callgrind: the same on a noisy machine. Linux, valgrind.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeResult } from './record.ts';
import { formatTable } from './table.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A small checkpoint, and some row groups. */
const SIZES = [100, 10_000, 300_000];

const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-instructions-'));

function counted(what: string, rows: number): number {
  const program = join(ROOT, 'target', 'release', 'examples', 'rows');
  const args = [
    '--tool=callgrind',
    `--callgrind-out-file=${join(folder, 'out')}`,
    program,
    what,
    String(rows),
    join(folder, 'rows.parquet'),
  ];
  const { stderr } = run(args);
  const found = /Collected : (\d+)/.exec(stderr);
  if (found === null) throw new Error(`valgrind told no count: ${stderr.slice(-500)}`);
  return Number(found[1]);
}

function run(args: string[]): { stderr: string } {
  // valgrind reports on stderr.
  return { stderr: execFileSync('sh', ['-c', '"$@" 2>&1', 'sh', 'valgrind', ...args], { encoding: 'utf8', maxBuffer: 1 << 26 }) };
}

try {
  execFileSync('cargo', ['build', '--release', '-p', 'arrow-ckpt', '--example', 'rows'], { cwd: ROOT, stdio: 'inherit' });
  const results = SIZES.map((rows) => {
    // What the making of the rows costs is no part of it.
    const nothing = counted('nothing', rows);
    const [encode, decode] = [counted('encode', rows) - nothing, counted('decode', rows) - nothing];
    return { rows, encode, decode, encodePerRow: encode / rows, decodePerRow: decode / rows };
  });
  const file = writeResult('instructions', { about: 'the rows of crates/arrow-ckpt/benches/rows, 8 columns', results });
  const lines = results.map((r) => [String(r.rows), r.encodePerRow.toFixed(0), r.decodePerRow.toFixed(0)]);
  console.log(`\n${formatTable(['rows', 'encode, instructions a row', 'decode'], lines)}\n\nrecorded in ${file}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
