import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CheckpointManager } from 'arrow-ckpt';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('thin-engines');
const DOCUMENTS = Array.from({ length: 2000 }, (_, id) => ({ id, title: `document ${id}`, text: `${id} is a document. `.repeat(60) }));

/** What python/thin.py prints. */
interface Seen {
  names: Record<string, string[]>;
  titles: Record<string, string[]>;
  asked: { pyarrow: string; polars: string; duckdb: string };
  files: number;
  rows: number;
}

test('engines see no column whose values are elsewhere, and never other values', { skip: noPython || noBinding }, async () => {
  const checkpoints = new CheckpointManager(folder, { base: 'auto', logger: false });
  await checkpoints.saveCheckpoint('load', 'documents', DOCUMENTS);
  const answered = DOCUMENTS.map(({ id, title, text }) => ({ id, title, text, answer: `answer ${id}` }));
  await checkpoints.saveCheckpoint('process', 'answer', answered);
  const path = join(folder, 'process', 'answer.parquet');
  const seen = JSON.parse(await runPython('thin.py', folder, path, 'text')) as Seen;
  for (const names of Object.values(seen.names)) assert.deepEqual(names, ['id', 'title', '__ckpt_r_text', 'answer']);
  for (const titles of Object.values(seen.titles)) assert.deepEqual(titles, ['document 0', 'document 1', 'document 2']);
  assert.deepEqual(seen.asked, { pyarrow: 'ArrowInvalid', polars: 'ColumnNotFoundError', duckdb: 'BinderException' });
  // The pool is not among what a glob finds.
  assert.deepEqual([seen.files, seen.rows], [2, 4000]);
});
