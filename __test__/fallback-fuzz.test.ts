import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';
import { dataFiles, dataPath } from './support/test-data.ts';

/** As of the fuzz test of the core: seconds, or a number of tries. */
const SECONDS = Number(process.env['ARROW_CKPT_FUZZ_SECONDS'] ?? 0);
const RUNS = Number(process.env['ARROW_CKPT_FUZZ_RUNS'] ?? (SECONDS > 0 ? 0 : 1000));
const SEED = Number(process.env['ARROW_CKPT_FUZZ_SEED'] ?? 1);

/** Larger files make each try slow and no truer. */
const MAX_BYTES = 8 << 10;
const GOLDEN = fileURLToPath(new URL('fixtures/golden/v1', import.meta.url));

const ROWS: Record<string, Row[]> = {
  flat: Array.from({ length: 60 }, (_, i) => ({
    id: i,
    name: `n${i % 5}`,
    x: i / 3,
    ok: i % 2 === 0,
    at: new Date(i),
    bytes: Uint8Array.of(i, 1),
  })),
  nested: Array.from({ length: 40 }, (_, i) => ({
    a: { b: [1, 2, i], c: { d: i % 3 ? 'x' : null } },
    l: [['q'], []],
    tags: i % 4 ? ['u'] : [],
  })),
  irregular: Array.from({ length: 40 }, (_, i) => (i % 3 ? { id: i, v: i % 2 ? i : `t${i}` } : { id: i, z: { y: i }, e: [] })),
  vectors: Array.from({ length: 10 }, (_, i) => ({
    id: i,
    e: Array.from({ length: 16 }, (__, k) => k / 7 + i),
    f: new Float32Array(8).fill(i),
  })),
};

const folder = tempFolder('fallback-fuzz');

async function ownFiles(): Promise<string[]> {
  if (noBinding !== false) return [];
  const paths: string[] = [];
  for (const [name, rows] of Object.entries(ROWS)) {
    for (const compression of ['auto', 'none'] as const) {
      const path = join(folder, `${name}-${compression}.parquet`);
      await writeCheckpoint(path, rows, { compression });
      paths.push(path);
    }
  }
  return paths;
}

const isSmall = (path: string): boolean => statSync(path).size <= MAX_BYTES;

test(
  'Parquet without the binary: damaged files give rows or a coded error, in bounded time and memory',
  { timeout: 3_600_000 },
  async (t) => {
    const golden = readdirSync(GOLDEN)
      .filter((name) => name.endsWith('.parquet'))
      .sort();
    const seeds = [
      ...golden.map((name) => join(GOLDEN, name)),
      ...(await ownFiles()),
      ...dataFiles(/\.parquet$/, 'parquet-testing').map(dataPath),
    ].filter(isSmall);
    const timeout = SECONDS > 0 ? SECONDS * 2000 + 120_000 : 300_000;
    const start = { args: [String(SECONDS), String(RUNS), String(SEED), ...seeds], timeout };
    const { tries, seconds, outcomes, megabytes } = await resultOf<{
      tries: number;
      seconds: number;
      outcomes: Record<string, number>;
      megabytes: number;
    }>('fuzz-fallback.mjs', start);
    const told = Object.entries(outcomes).map(([what, count]) => `${what} ${count}`);
    t.diagnostic(`fuzz fallback: ${tries} tries of ${seeds.length} files in ${seconds} s, ${megabytes} MB: ${told.join(', ')}`);
    assert.ok(outcomes['rows']! > 0 && outcomes['ERR_CKPT_CORRUPT']! > 0 && outcomes['ERR_CKPT_TRUNCATED']! > 0);
    assert.ok(megabytes < 2048, `${megabytes} MB`);
  },
);
