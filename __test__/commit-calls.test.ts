// The clock of a commit: a small save makes the calls of the system that its promise needs, and no others.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBinding } from '../lib/base/addon/binding.js';
import { runProgram } from './support/run-program.js';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('commit-calls');
const log = join(folder, 'calls.log');
const TRACED = '%file,%desc,clone,clone3,vfork';
/** Memory, the event loop, what its threads tell it, and the pipe to the compiler of TypeScript: none of it is of a file. */
const OTHER = /^(mmap|epoll_\w+|poll|ppoll|(read|write)\(\d+<[^/])/;

function skipped(): string | false {
  if (process.platform !== 'linux') return 'for Linux';
  if (loadBinding() === null) return 'no native binary';
  const { status } = spawnSync('strace', ['-f', '-y', '-e', `trace=${TRACED}`, '-o', '/dev/null', 'true']);
  return status === 0 ? false : 'no strace, or it may not trace';
}

/** The lines of this process, without those of the compiler that loads its TypeScript, a process of its own with threads of its own. */
function ownLines(lines: readonly string[]): string[] {
  const foreign = new Set<string>();
  return lines.filter((line) => {
    const [thread = ''] = /^\d+/.exec(line) ?? [];
    if (/ execve\(.*esbuild/.test(line)) foreign.add(thread);
    const [, child] = /(?:clone3?|vfork)\b.* = (\d+)$/.exec(line) ?? [];
    if (child !== undefined && foreign.has(thread)) foreign.add(child);
    return !foreign.has(thread) && child === undefined && !/ (?:---|clone)/.test(line);
  });
}

/** The calls between the mark of a name and the next one, in order, by what they are. */
function callsOf(name: string, lines: readonly string[]): string[] {
  const start = lines.findIndex((line) => line.includes(`"/mark/${name}"`));
  const end = lines.findIndex((line, at) => at > start && line.includes('"/mark/end"'));
  assert.ok(start >= 0 && end > start, name);
  const calls = lines
    .slice(start + 1, end)
    .map((line) => line.replace(/^\d+ +/, ''))
    // The second half of a call that another thread's interrupted.
    .filter((line) => !line.startsWith('<...') && !OTHER.test(line));
  return calls.map((line) => {
    const call = line.slice(0, line.indexOf('('));
    if (/^(statx|newfstatat|stat)$/.test(call)) return 'stat';
    if (call.startsWith('rename')) return 'rename';
    return line.includes('O_EXCL') ? 'create' : call;
  });
}

test('the calls of small saves and loads', { skip: skipped() }, async () => {
  const through = ['strace', '-f', '-y', '-e', `trace=${TRACED}`, '-o', log];
  const { code, stderr } = await runProgram('commit-calls.ts', { args: [folder], through });
  assert.equal(code, 0, stderr);
  const lines = ownLines(readFileSync(log, 'utf8').split('\n'));
  // The numbers are those of the commit protocol in docs/RELIABILITY.md.
  const ours = [
    'stat', // 1: is it a file that is replaced?
    'create', // 3
    'write', // 4
    'fsync', // 5
    'rename', // 6
    'close',
    'openat', // 7: the folder
    'fsync',
    'close',
  ];
  const inTypeScript = ['stat', 'create', 'pwrite64', 'fsync', 'close', 'rename', 'openat', 'fsync', 'close'];
  assert.deepStrictEqual(callsOf('save', lines), ours);
  assert.deepStrictEqual(callsOf('json', lines), inTypeScript);
  const managed = [
    'stat', // the step's folder: is it the step's, and no other's of almost the same name?
    'stat', // the same of the operation
    'openat', // DocETL's configuration file: there is none
    'stat', // the checkpoint in the other format, which this one would replace
    ...ours,
    'openat', // the configuration file again: another process may have made it
  ];
  assert.deepStrictEqual(callsOf('managed', lines), managed);
  // Small files are looked at once, and read at once: with room for a byte more, so that no read need find the end.
  assert.deepStrictEqual(callsOf('load', lines), ['stat', 'openat', 'read', 'close']);
});
