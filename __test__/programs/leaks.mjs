// Saves and loads again and again, by all that a handle can come to an end, and prints what the process held at ten moments:
//   leaks.mjs <folder> <cycles>     (with --expose-gc)
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCheckpoint, openCheckpoint, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const [, , folder, cycles] = process.argv;
const rows = Array.from({ length: 400 }, (_, id) => ({
  id,
  text: `text ${id}`,
  tags: ['a', `${id % 7}`],
  at: new Date(id),
  none: id % 3 === 0 ? undefined : null,
}));
const parquet = join(folder, 'a.parquet');
const json = join(folder, 'a.json');
const damaged = join(folder, 'damaged.parquet');

await writeCheckpoint(damaged, rows);
const bytes = readFileSync(damaged);
bytes[100] ^= 1;
writeFileSync(damaged, bytes);

async function rejects(work) {
  try {
    await work();
  } catch {
    return;
  }
  throw new Error('it should have failed');
}

async function cycle(index) {
  await writeCheckpoint(parquet, rows);
  if ((await readCheckpoint(parquet)).length !== rows.length) throw new Error('rows are lost');
  switch (index % 8) {
    case 0:
      await writeCheckpoint(json, rows);
      await readCheckpoint(json);
      break;
    case 1:
      await rejects(() => readCheckpoint(damaged));
      break;
    case 2:
      await rejects(() => writeCheckpoint(parquet, [...rows, { v: () => {} }]));
      break;
    case 3: {
      const reader = await openCheckpoint(parquet);
      for await (const row of reader.rows()) if (row.id === 10) break;
      await reader.close();
      break;
    }
    case 4: {
      const writer = await createCheckpoint(join(folder, 'b.parquet'));
      await writer.append(rows);
      await (index % 16 === 4 ? writer.abort() : writer.close());
      break;
    }
    case 5: {
      const controller = new AbortController();
      const loading = readCheckpoint(parquet, { signal: controller.signal });
      controller.abort();
      await rejects(() => loading);
      break;
    }
    case 6:
      // Never closed: the collector of garbage ends it.
      await openCheckpoint(parquet);
      break;
    default:
      await rejects(() => readCheckpoint(join(folder, 'none')));
  }
}

function held(done) {
  const status = readFileSync('/proc/self/status', 'utf8');
  const number = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]);
  return { done, rssKiB: number('VmRSS'), threads: number('Threads'), descriptors: readdirSync('/proc/self/fd').length };
}

/** Twice, and with a turn of the event loop between: finalisers run after the first. */
async function collect() {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

const moments = [];
const begun = performance.now();
const step = Math.ceil(Number(cycles) / 10);
for (let index = 0; index < Number(cycles); index++) {
  await cycle(index);
  if ((index + 1) % step === 0) {
    await collect();
    moments.push(held(index + 1));
  }
}
console.log(JSON.stringify({ seconds: Math.round((performance.now() - begun) / 100) / 10, moments }));
