// Power cuts under checkpoints that refer to each other: a file system of its own is shut down without a word to its disk, again and again.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openCheckpoint } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { rowsOf } from './support/power-rows.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** `ARROW_CKPT_CUTS=200` makes so many. */
const CUTS = Number(process.env['ARROW_CKPT_CUTS'] ?? 3);
const SAVER = fileURLToPath(new URL('programs/power-saver.ts', import.meta.url));
/** So many changes are durable before the power goes, and more. */
const CHANGES = 8;
/** What a file system does without its log: EXT4_IOC_SHUTDOWN with NOLOGFLUSH. */
const CUT = `
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))
`;

const folder = tempFolder('deltas-power');
const [image, mount] = [join(folder, 'disk'), join(folder, 'mount')];

function noMounts(): string | false {
  if (process.platform !== 'linux') return 'mounts a file system of its own, which is for Linux';
  const mayNot = 'may not mount a file system';
  if (process.getuid?.() !== 0) return mayNot;
  mkdirSync(mount);
  const made = spawnSync('sh', [
    '-c',
    'truncate -s 64M "$1" && mkfs.ext4 -q "$1" && mount -o loop "$1" "$2" && umount "$2"',
    '-',
    image,
    mount,
  ]);
  if (made.status !== 0) return mayNot;
  const tried = spawnSync('sh', [
    '-c',
    'mount -o loop "$1" "$2" && python3 -c "$3" "$2"; cut=$?; umount "$2"; exit $cut',
    '-',
    image,
    mount,
    CUT,
  ]);
  return tried.status === 0 ? false : `${mayNot} and cut its power`;
}

/** Saves for so long, then cuts the power. Gives what the saver said. */
async function saveUntilCut(directory: string, seed: number, ms: number): Promise<string[]> {
  const env = { ...process.env, ARROW_CKPT_SHARE_ANY: '1' };
  const saver = spawn(process.execPath, ['--import', 'tsx', SAVER, directory, String(seed)], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  const begun = new Promise<void>((resolve) => {
    saver.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      // Enough for files that refer to others, however slow the machine is.
      if (said.split('\ndone').length > CHANGES) resolve();
    });
    saver.on('close', () => resolve());
  });
  const ended = new Promise((resolve) => saver.on('close', resolve));
  await begun;
  await new Promise((done) => setTimeout(done, ms));
  execFileSync('python3', ['-c', CUT, mount]);
  saver.kill('SIGKILL');
  await ended;
  return said.split('\n').slice(0, -1);
}

/** The versions that each name may have after the cut: the last that was durable, and what had begun since. */
function allowed(lines: readonly string[], before: ReadonlyMap<string, Set<string>>): Map<string, Set<string>> {
  const states = new Map([...before].map(([name, versions]) => [name, new Set(versions)]));
  for (const line of lines) {
    const [what, name = '', version = ''] = line.split(' ');
    if (what === 'done') states.set(name, new Set([version]));
    else states.set(name, (states.get(name) ?? new Set(['gone'])).add(version));
  }
  return states;
}

/** The rows of all checkpoints, each as one of those that it may be. Gives what is there, and how many refer to others. */
async function check(
  directory: string,
  states: ReadonlyMap<string, Set<string>>,
): Promise<{ now: Map<string, Set<string>>; thin: number }> {
  const now = new Map<string, Set<string>>();
  let thin = 0;
  for (const [name, versions] of states) {
    const path = join(directory, `${name}.parquet`);
    if (!existsSync(path)) {
      assert.ok(versions.has('gone'), `${name} is lost; it was ${[...versions].join(' or ')}`);
      now.set(name, new Set(['gone']));
      continue;
    }
    await using reader = await openCheckpoint(path);
    const version = reader.info.metadata['version'] ?? '';
    assert.ok(versions.has(version), `${name} is ${version}, not ${[...versions].join(' or ')}`);
    assertExact(await reader.read(), rowsOf(version));
    if (reader.info.delta !== null) thin++;
    now.set(name, new Set([version]));
  }
  const known = new Set([...states.keys()].map((name) => `${name}.parquet`));
  for (const name of readdirSync(directory)) assert.ok(!name.endsWith('.parquet') || known.has(name), `${name} comes from nowhere`);
  return { now, thin };
}

test('after a power cut every checkpoint is there, with the files that it refers to', { skip: noBinding || noMounts() }, async (t) => {
  const directory = join(mount, 'checkpoints');
  let states = new Map<string, Set<string>>();
  let [thin, changes] = [0, 0];
  execFileSync('mount', ['-o', 'loop', image, mount]);
  try {
    mkdirSync(directory);
    execFileSync('sync');
    for (let cut = 0; cut < CUTS; cut++) {
      const lines = await saveUntilCut(directory, cut * 7919 + 1, (cut * 37) % 400);
      changes += lines.length;
      execFileSync('umount', [mount]);
      execFileSync('mount', ['-o', 'loop', image, mount]);
      const found = await check(directory, allowed(lines, states));
      states = found.now;
      thin += found.thin;
    }
  } finally {
    spawnSync('umount', ['-l', mount]);
  }
  t.diagnostic(`${CUTS} power cuts in ${changes} beginnings and ends of changes; ${thin} thin files loaded after them`);
  assert.ok(thin > 0);
});
