import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { loadBinding } from '../lib/base/addon/binding.ts';
import { readAll } from '../lib/formats/choose.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('one-try');
const SMALL: Row[] = [{ a: 1 }, { a: 2 }];
const LARGE = Array.from({ length: 20_000 }, (_, id): Row => ({ id, text: `${id * 7919}` }));

/** How often `work` asks the core for a small file in one step. */
async function triesOf(work: () => Promise<unknown>): Promise<number> {
  const binding = loadBinding() as NonNullable<ReturnType<typeof loadBinding>>;
  const { readSmall } = binding;
  let tries = 0;
  binding.readSmall = (...call) => {
    tries += 1;
    return readSmall(...call);
  };
  try {
    await work();
  } finally {
    binding.readSmall = readSmall;
  }
  return tries;
}

test('a file is tried as a small one once, and not where its name says that it is text', { skip: noBinding }, async () => {
  const paths = { small: 'small.parquet', large: 'large.parquet', json: 'rows.json', lines: 'rows.jsonl', misnamed: 'parquet.json' };
  const at = (name: keyof typeof paths): string => join(folder, paths[name]);
  await writeCheckpoint(at('small'), SMALL);
  await writeCheckpoint(at('large'), LARGE);
  await writeCheckpoint(at('json'), SMALL);
  await writeCheckpoint(at('lines'), SMALL);
  await copyFile(at('small'), at('misnamed'));
  for (const [name, tries] of Object.entries({ small: 1, large: 1, json: 0, lines: 0, misnamed: 0 })) {
    const rows = name === 'large' ? LARGE : SMALL;
    const read = async (): Promise<void> => assertExact(await readAll(at(name as keyof typeof paths), {}), rows);
    assert.equal(await triesOf(read), tries, name);
  }
});
