// What comparing checksums costs a load: the same file loaded with them and without, in turn. `npm run bench:checksums -- [rows] [rounds]`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint, type Codec, type Row } from 'arrow-ckpt';
import { startMainThread } from './measure/main-thread.ts';
import { writeResult } from './record.ts';
import { SUITES } from './suites/index.ts';

const [rows = 300_000, rounds = 15] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-checksums-'));

interface Times {
  wallMs: number[];
  mainMs: number[];
}

async function load(path: string, verify: boolean, times: Times): Promise<void> {
  globalThis.gc?.();
  const main = startMainThread();
  const begun = performance.now();
  const loaded = await readCheckpoint(path, { verify });
  times.wallMs.push(performance.now() - begun);
  times.mainMs.push(main().activeMs);
  if (loaded.length === 0) throw new Error('no rows');
}

/** The lower half counts: what disturbs a load only makes it longer. */
function typical(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 4)] as number;
}

const results: Record<string, unknown>[] = [];
try {
  for (const name of ['flat', 'nested']) {
    const suite = SUITES.find((each) => each.name === name)!;
    const made: Row[] = suite.rows(rows);
    for (const compression of ['auto', 'none'] as Codec[]) {
      const path = join(folder, `${name}.parquet`);
      const { bytes } = await writeCheckpoint(path, made, { compression });
      const [verified, unverified]: [Times, Times] = [
        { wallMs: [], mainMs: [] },
        { wallMs: [], mainMs: [] },
      ];
      await load(path, true, { wallMs: [], mainMs: [] });
      for (let round = 0; round < rounds; round++) {
        // Which goes first alternates: the second finds the caches as the first leaves them.
        const order = [
          [true, verified],
          [false, unverified],
        ] as const;
        for (const [verify, times] of round % 2 === 0 ? order : [...order].reverse()) await load(path, verify, times);
      }
      const cost = (of: keyof Times) => Math.round((typical(verified[of]) / typical(unverified[of]) - 1) * 1000) / 10;
      const line = { suite: name, rows, compression, bytes, wallCostPercent: cost('wallMs'), mainCostPercent: cost('mainMs') };
      console.log(
        `${name}, ${compression}: ${(bytes / 1e6).toFixed(0)} MB; load ${typical(verified.wallMs).toFixed(0)} ms with checksums, ` +
          `${typical(unverified.wallMs).toFixed(0)} ms without: ${line.wallCostPercent}% of wall time, ${line.mainCostPercent}% of the main thread's`,
      );
      results.push({ ...line, verified, unverified });
    }
  }
  console.log(writeResult('checksums', { rounds, results }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
