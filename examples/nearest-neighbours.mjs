// Hands the vectors of a checkpoint to a nearest-neighbour library: npm install usearch @uwdata/flechette
import { tableFromIPC } from '@uwdata/flechette';
import { openCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import usearch from 'usearch';

const DIMENSIONS = 8;
const path = process.argv[2] ?? 'vectors.parquet';

function* articles() {
  for (let id = 0; id < 5000; id++) {
    const vector = Float32Array.from({ length: DIMENSIONS }, (_, at) => Math.sin((id + 1) * (at + 1)));
    yield { id, title: `Article ${id}`, vector };
  }
}

await writeCheckpoint(path, articles());
const reader = await openCheckpoint(path);
const pieces = [];
for await (const piece of reader.arrow({ columns: ['id', 'vector'] })) pieces.push(piece);
const table = tableFromIPC(pieces);

const index = new usearch.Index({ metric: 'cos', dimensions: DIMENSIONS });
const keys = table.getChild('id').data;
for (const [at, batch] of table.getChild('vector').data.entries()) {
  // All vectors of a batch are one Float32Array in Arrow: no array is made for each.
  const vectors = batch.children[0].values.subarray(batch.offsets[0], batch.offsets[batch.length]);
  index.add(new BigUint64Array(keys[at].values.slice(0, batch.length)), vectors);
}

const [title] = await reader.read({ columns: ['title', 'vector'], offset: 1234, limit: 1 });
const { keys: nearest, distances } = index.search(title.vector, 3);
await reader.close();
console.log(`near ${title.title}:`, [...nearest].map((id, at) => `Article ${id} (${distances[at].toFixed(4)})`).join(', '));
