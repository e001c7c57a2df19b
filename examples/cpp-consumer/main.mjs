// Writes a checkpoint, and hands it to C++: npm run build, then node main.mjs [ROWS]
import { createRequire } from 'node:module';
import { openCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const { sum, norms } = createRequire(import.meta.url)('./build/Release/consumer.node');
const rows = Number(process.argv[2] ?? 1_000_000);

function* points() {
  for (let id = 0; id < rows; id++) yield { id, score: id / 7, vector: Float32Array.of(id % 3, 4) };
}

await writeCheckpoint('points.parquet', points());
const reader = await openCheckpoint('points.parquet');
// Each stream is of one use: C++ takes it out of its External, and releases it.
console.log(await sum(reader.arrowStream({ columns: ['score'] }), 'score'));
console.log((await norms(reader.arrowStream({ columns: ['vector'] }), 'vector')).subarray(0, 4));
await reader.close();
