// npm run bench:resume: what `map` costs, and what it saves after a kill. Each part runs in a process of its own; see bench/README.md.
//   npm run bench:resume -- [part ...]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import { bucketKills } from '../__test__/support/bucket-kills.ts';
import { killRuns } from '../__test__/support/kill-runs.ts';
import { writeResult } from './record.ts';
import { bucketOverhead } from './resume/bucket.ts';
import { overload } from './resume/overload.ts';
import { fourWorkers } from './resume/workers.ts';

const PARTS = ['overhead', 'million', 'changes', 'memory', 'kills', 'workers', 'overload', 'bucket', 'bucket-kills'] as const;
const KILLED = { folder: '', rows: 10_000, callMs: 2, lifeMs: 1500, concurrency: 16, batchSize: 100, flushEvery: 50 };
const asked = process.argv.slice(2);
const wrong = asked.filter((part) => !(PARTS as readonly string[]).includes(part));
if (wrong.length > 0) throw new Error(`unknown part ${wrong.join()}; there are ${PARTS.join(', ')}`);
const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-bench-resume-'));

/** Runs a program of this folder, or of the tests, and gives what it printed. */
function program(path: string, ...args: string[]): unknown {
  const file = fileURLToPath(new URL(path, import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', file, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  );
}

try {
  for (const part of asked.length > 0 ? asked : PARTS) {
    const where = join(folder, part);
    const result =
      part === 'kills'
        ? await killRuns({ ...KILLED, folder, kills: 200 }, (text) => console.error(text))
        : part === 'memory'
          ? program('../__test__/programs/map-memory.mjs', where, '2000000')
          : part === 'workers'
            ? await fourWorkers(where)
            : part === 'overload'
              ? await overload(where)
              : part === 'bucket'
                ? await bucketOverhead(where)
                : part === 'bucket-kills'
                  ? await bucketKills({ ...KILLED, folder, kills: 100 }, (text) => console.error(text))
                  : program(`./resume/${part}.mjs`, where);
    console.log(part, JSON.stringify(result));
    console.log(`recorded in ${writeResult(`resume-${part}`, { result })}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
