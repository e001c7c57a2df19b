// npx tsx examples/resume-kura.ts [folder] [folder of Kura's checkpoints]
// The same with real data: the conversations of a run of Kura, and a model that knows the summaries which Kura made of them.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCheckpoint } from 'arrow-ckpt';
import { startFlakyModel } from './resume/flaky-model.ts';
import { killAndResume } from './resume/kill-and-resume.ts';

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'arrow-ckpt-example-'));
const kura = process.argv[3] ?? fileURLToPath(new URL('../../shared/data/kura/jsonl', import.meta.url));
const input = join(kura, 'conversations.jsonl');

if (!existsSync(input)) {
  console.log(
    "skipped: there are no checkpoints of Kura here. Give the folder of a run's conversations.jsonl and summaries.jsonl as the second argument.",
  );
} else {
  const conversations = await readCheckpoint<{ chat_id: string }>(input);
  const summaries = new Map((await readCheckpoint(join(kura, 'summaries.jsonl'))).map((summary) => [summary['chat_id'], summary]));
  const model = await startFlakyModel(({ chat_id: id }) => summaries.get(id));
  try {
    const path = await killAndResume(model, { folder, input, key: 'chat_id', rows: conversations.length, kills: 4 });
    const expected = conversations.map(({ chat_id: id }) => summaries.get(id));
    assert.deepStrictEqual(await readCheckpoint(path), expected);
    console.log(`${expected.length} summaries in ${path}, the same as Kura's`);
  } finally {
    model.close();
  }
}
