// Checkpoints for the tests of the package for Python: node make.mjs FOLDER. Needs a built clone.
import { join } from 'node:path';
import { CheckpointManager, writeCheckpoint } from 'arrow-ckpt';

const [folder] = process.argv.slice(2);
const at = (name) => join(folder, name);

const odd = [
  {
    id: 1,
    big: 12n,
    day: new Date(0),
    bytes: new Uint8Array([1, 2]),
    f64: new Float64Array([1, 0.5]),
    f32: new Float32Array([2]),
    tags: ['a', null],
  },
  { id: 2, big: null, day: new Date(Number.NaN), gone: undefined, 'x.y': { 'a.b': 1, deep: [{ n: Number.NaN }] }, tags: [] },
  { id: 3.5, day: new Date(8.64e15), text: '\ud800 lone', z: -0, $ckpt: 'mine' },
];
for (const name of ['odd.parquet', 'odd.json', 'odd.jsonl']) await writeCheckpoint(at(name), odd, { hash: 'h', metadata: { model: 'm' } });
await writeCheckpoint(at('plain.json'), [{ id: 1 }, { id: 2 }]);
await writeCheckpoint(at('empty.parquet'), []);
await writeCheckpoint(at('nothing.parquet'), [{}, {}, {}]);
await writeCheckpoint(
  at('mixed.parquet'),
  Array.from({ length: 40 }, (_, id) => ({ id, v: id === 7 ? 'seven' : id / 2 })),
);
await writeCheckpoint(
  at('parts.parquet'),
  Array.from({ length: 80 }, (_, id) => ({ id, v: id === 7 ? 'seven' : id / 2 })),
  { parts: 4, hash: 'h', metadata: { model: 'm' } },
);
await writeCheckpoint(at('mixed-parts.parquet/part-0.parquet'), [{ v: 1 }, { v: 'a' }]);
await writeCheckpoint(at('mixed-parts.parquet/part-1.parquet'), [{ v: 7 }, { v: 8 }]);
for (const [id, kind] of ['2024-1-1', 'a%20b', '__HIVE_DEFAULT_PARTITION__'].entries())
  await writeCheckpoint(at(`hive.parquet/year=${2020 + id}/kind=${kind}/part-0.parquet`), [{ id, text: `row ${id}` }]);
await writeCheckpoint(at('kura.parquet'), [{ chat_id: 'c', summary: 's', metadata: {} }], { compat: 'kura' }).catch(() => {});

const documents = Array.from({ length: 3000 }, (_, id) => ({ id, text: `document ${id} `.repeat(60), vector: [id, 0.5] }));
const thin = new CheckpointManager(at('thin'), { base: 'auto', logger: false });
await thin.saveCheckpoint('load', 'documents', documents);
await thin.saveCheckpoint(
  'process',
  'summarise',
  documents.map((row) => ({ ...row, summary: `of ${row.id}` })),
);
await thin.saveCheckpoint('process', 'some', documents.filter(({ id }) => id % 3 === 0).reverse());
