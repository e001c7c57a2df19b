// npm run bench:arrow: a million doubles and vectors summed in C++, out of a C stream and in a bare loop over one array. docs/arrow.md.
import { cpus, tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { buildAddon, type CppConsumer } from '../__test__/support/cpp-consumer.ts';

const ROWS = 1_000_000;
const RUNS = 41;

const folder = mkdtempSync(join(tmpdir(), 'arrow-stream-'));
try {
  const cpp = buildAddon<CppConsumer>('examples/cpp-consumer/src/addon.cc', folder);
  const path = join(folder, 'rows.parquet');
  const values = Float64Array.from({ length: ROWS }, (_, id) => Math.sin(id));
  await writeCheckpoint(path, rows(values), { compression: 'none' });
  await using reader = await openCheckpoint(path);
  const times: Record<'bare' | 'summed' | 'decoded and summed', number[]> = { bare: [], summed: [], 'decoded and summed': [] };
  let batches = 0;
  for (let run = 0; run < RUNS; run++) {
    times.bare.push(cpp.sumArray(values).ms);
    const of = await cpp.sum(reader.arrowStream({ columns: ['value'] }), 'value');
    times.summed.push(of.sumMs);
    times['decoded and summed'].push(of.ms);
    ({ batches } = of);
  }
  console.log(`${ROWS} doubles, ${batches} batches, ${RUNS} runs in turn; Node ${process.version}, ${cpus()[0]?.model}`);
  const bare = median(times.bare);
  for (const [name, all] of Object.entries(times))
    console.log(
      `${name}: median ${median(all).toFixed(3)} ms (least ${Math.min(...all).toFixed(3)}), ${(median(all) / bare).toFixed(2)} of bare`,
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function* rows(values: Float64Array): Generator<{ id: number; value: number }> {
  for (const [id, value] of values.entries()) yield { id, value };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
