// npx tsx examples/pipeline.ts [folder]
// A pipeline that survives being stopped: run it, press Ctrl+C in the middle, run it again with the same folder.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CheckpointManager, hashOperation, type Row } from 'arrow-ckpt';

interface Step {
  name: string;
  /** Changes whenever the step's work does: the checkpoint of an older version is then computed again. */
  version: string;
  run(input: Row[]): Promise<Row[]>;
}

const STEPS: Step[] = [
  {
    name: 'extract',
    version: '1',
    run: async () => Array.from({ length: 1000 }, (_, id) => ({ id, text: `Document ${id}. It is about subject ${id % 7}.` })),
  },
  {
    name: 'summarise',
    version: '1',
    // Stands for a call of a language model: slow, and paid for.
    run: async (rows) => {
      await sleep(2000);
      return rows.map((row) => ({ id: row['id'], summary: String(row['text']).split('. ')[1], model: 'none' }));
    },
  },
  {
    name: 'cluster',
    version: '1',
    run: async (rows) => {
      const sizes = new Map<unknown, number>();
      for (const { summary } of rows) sizes.set(summary, (sizes.get(summary) ?? 0) + 1);
      return [...sizes].map(([label, size]) => ({ label, size }));
    },
  },
];

const folder = process.argv[2] ?? join(tmpdir(), 'arrow-ckpt-pipeline');
const manager = new CheckpointManager(folder, { logger: { info: console.log, warn: console.warn } });

let rows: Row[] = [];
let hash: string | undefined;
for (const step of STEPS) {
  // A step's result is valid for its own version and those of all steps before it.
  hash = await hashOperation({ config: { step: step.name, version: step.version }, upstream: hash ?? [] });
  const kept = await manager.loadCheckpoint(step.name, 'rows', { hash });
  rows = kept ?? (await step.run(rows));
  if (kept === null) await manager.saveCheckpoint(step.name, 'rows', rows, { hash });
  console.log(`${step.name}: ${rows.length} rows ${kept === null ? 'computed' : 'loaded'}`);
}
console.log('checkpoints:', (await manager.listCheckpoints()).map((c) => `${c.step}/${c.operation}`).join(', '));
