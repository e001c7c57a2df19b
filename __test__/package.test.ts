import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const binary = readdirSync(ROOT).find((name) => name.endsWith('.node'));
const skip = binary === undefined ? 'no native binary' : !existsSync(join(ROOT, 'dist/index.js')) ? 'dist is not built' : false;

/** Saves and loads, and prints what a caller sees; run in the project that the packages are installed into. */
const PROGRAM = `
import { CheckpointManager } from 'arrow-ckpt';
import { createRequire } from 'node:module';
const warnings = [];
process.on('warning', (warning) => warnings.push(warning.code));
const [, , directory, step] = process.argv;
const checkpoints = new CheckpointManager(directory, { logger: false });
new CheckpointManager(directory, { logger: false });
const rows = Array.from({ length: 1000 }, (_, i) => ({ id: i, title: 'row ' + i, score: i / 7, ok: i % 2 === 0 }));
const path = await checkpoints.saveCheckpoint(step, 'extract', rows, { hash: 'h' });
const loaded = await checkpoints.loadCheckpoint(step, 'extract', { hash: 'h' });
const first = await checkpoints.loadCheckpoint('binary', 'extract');
await new Promise((resolve) => setImmediate(resolve));
console.log(JSON.stringify({
  enableArrow: checkpoints.enableArrow,
  extension: path.slice(path.lastIndexOf('.')),
  equal: JSON.stringify(loaded) === JSON.stringify(rows) && JSON.stringify(first) === JSON.stringify(rows),
  required: createRequire(import.meta.url)('arrow-ckpt').CheckpointManager === CheckpointManager,
  warnings,
}));
`;

const run = promisify(execFile);

async function npm(args: string[], cwd: string): Promise<string> {
  // On Windows npm is a batch file, which only a shell can start.
  return (await run('npm', args, { cwd, shell: process.platform === 'win32' })).stdout;
}

async function pack(folder: string, destination: string): Promise<string> {
  const [packed] = JSON.parse(await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', destination], folder)) as {
    filename: string;
  }[];
  return join(destination, packed!.filename.replace('@', '').replace('/', '-'));
}

describe('the packed packages, installed into an empty project', { skip }, () => {
  let project: string;
  let data: string;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arrow-ckpt-package-'));
    project = join(folder, 'project');
    data = join(folder, 'data');
    const platform = join(folder, 'platform');
    await mkdir(project);
    await cp(join(ROOT, 'npm', binary!.split('.')[1]!), platform, { recursive: true });
    await cp(join(ROOT, binary!), join(platform, binary!));
    const tarballs = [await pack(ROOT, folder), await pack(platform, folder)];
    await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
    await writeFile(join(project, 'program.js'), PROGRAM);
    await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], project);
  });
  after(() => rm(dirname(project), { recursive: true, force: true }));

  async function program(step: string): Promise<unknown> {
    // A PATH with node and nothing else: there is no cargo, and nothing of the development tree.
    const env = { PATH: dirname(process.execPath), SystemRoot: process.env.SystemRoot };
    const { stdout } = await run(process.execPath, ['program.js', data, step], { cwd: project, env });
    return JSON.parse(stdout);
  }

  it('save and load through the binary', async () => {
    assert.deepStrictEqual(await program('binary'), {
      enableArrow: true,
      extension: '.parquet',
      equal: true,
      required: true,
      warnings: [],
    });
  });

  it('save as JSON with one warning when the platform package is missing, and still read Parquet', async () => {
    await rm(join(project, 'node_modules/@arrow-ckpt'), { recursive: true });
    const expected = { enableArrow: false, extension: '.json', equal: true, required: true, warnings: ['ARROW_CKPT_NO_BINARY'] };
    assert.deepStrictEqual(await program('no binary'), expected);
  });

  it('bring a program', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const bin = join(project, 'node_modules/.bin', process.platform === 'win32' ? 'arrow-ckpt.cmd' : 'arrow-ckpt');
    const { stdout } = await run(bin, ['--version'], { cwd: project, shell: process.platform === 'win32' });
    assert.equal(stdout.trim(), version);
    const listed = await run(bin, ['list', data, '--json'], { cwd: project, shell: process.platform === 'win32' });
    assert.deepStrictEqual(
      (JSON.parse(listed.stdout) as { checkpoints: { step: string }[] }).checkpoints.map(({ step }) => step),
      ['binary', 'no binary'],
    );
  });

  it('hold no sources and no binary in the main package', async () => {
    const installed = join(project, 'node_modules/arrow-ckpt');
    const files = readdirSync(installed, { recursive: true }).map(String);
    assert.deepStrictEqual(
      files.filter((file) => /\.node$|(?<!\.d)\.ts$/.test(file)),
      [],
    );
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    assert.equal((JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { version: string }).version, version);
  });
});
