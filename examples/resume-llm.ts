// npx tsx examples/resume-llm.ts [folder] [rows]
// A pipeline that asks a flaky model, is killed at random and goes on where it was. Ends with the calls that this saved.
// What a user writes is resume/worker.ts and resume/ask.ts.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { startFlakyModel } from './resume/flaky-model.ts';
import { killAndResume } from './resume/kill-and-resume.ts';

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'arrow-ckpt-example-'));
const rows = Number(process.argv[3] ?? 800);
const articles = Array.from({ length: rows }, (_, id) => ({ id, text: `Article ${id}. It is about subject ${id % 7}.` }));
const summary = ({ id, text }: Record<string, unknown>) => ({ id, summary: String(text).split('. ')[1] });

const input = join(folder, 'articles.parquet');
await writeCheckpoint(input, articles);
// One row is wrong, whoever asks.
const isWrong = ({ id }: Record<string, unknown>): boolean => id === 13;
const model = await startFlakyModel((row) => (isWrong(row) ? undefined : summary(row)));
try {
  const path = await killAndResume(model, { folder, input, key: 'id', rows, kills: 4 });
  assert.deepStrictEqual(await readCheckpoint(path), articles.filter((row) => !isWrong(row)).map(summary));
  console.log(`${rows - 1} summaries in ${path}, the same as those of a run that nobody kills`);
} finally {
  model.close();
}
