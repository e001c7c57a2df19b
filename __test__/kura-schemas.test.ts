import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { Cluster, Conversation, ConversationSummary, Message, ProjectedCluster } from 'arrow-ckpt/kura';
import { MODELS } from '../lib/compat/kura/models.ts';
import type { ColumnSchema } from '../lib/options/checkpoint-schema.ts';
import { zodColumns, type ZodSchema } from '../lib/schema/zod.ts';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { dataPath, noTestData } from './support/test-data.ts';

const SCHEMAS = { conversations: Conversation, summaries: ConversationSummary, clusters: Cluster, 'projected clusters': ProjectedCluster };
const FILES = {
  conversations: Conversation,
  summaries: ConversationSummary,
  clusters: Cluster,
  meta_clusters: Cluster,
  dimensionality: ProjectedCluster,
};
const folder = tempFolder('kura-schemas');

/** What both descriptions of Kura's types have in common. */
function common({ name, type, stored, min, max, nullable, optional, values, element, fields }: ColumnSchema): object {
  const inner = element === undefined ? undefined : common({ name: '', ...element });
  // A struct of any keys is told in two ways.
  const members = fields === undefined || fields.length === 0 ? undefined : fields.map(common);
  return {
    name,
    type,
    stored,
    min,
    max,
    nullable: nullable === true,
    optional: optional === true,
    values: values && [...values].sort(),
    inner,
    members,
  };
}

test('every field is provable, and the same that compat looks for', () => {
  for (const { name, fields } of MODELS) {
    const known = zodColumns(SCHEMAS[name] as unknown as ZodSchema)!;
    assert.equal(known.exact, true, name);
    assert.deepStrictEqual(known.columns.map(common), fields.map(common));
  }
  assert.deepStrictEqual(Object.keys(Message.shape), ['created_at', 'role', 'content']);
});

suite('on real rows', noTestData, () => {
  for (const [name, schema] of Object.entries(FILES)) {
    test(`${name} come through a save and a load whole`, async () => {
      const path = dataPath(`kura/jsonl/${name}.jsonl`);
      const rows = (await readCheckpoint(path)) as Row[];
      assertExact(await readCheckpoint(path, { schema }), rows);
      for (const extension of noBinding ? ['jsonl'] : ['jsonl', 'parquet']) {
        const own = join(folder, `${name}.${extension}`);
        await writeCheckpoint(own, rows, { schema });
        assertExact(await readCheckpoint(own, { schema }), rows);
      }
    });

    test(`${name} of Kura's Parquet fit`, async () => {
      const rows = await readCheckpoint(dataPath(`kura/parquet/${name}.parquet`), { schema, compat: 'kura' });
      assertExact(rows, await readCheckpoint(dataPath(`kura/parquet/${name}.parquet`), { compat: 'kura' }));
    });
  }
});

test('the types are those of the rows', async () => {
  const path = join(folder, 'types.jsonl');
  const rows: ConversationSummary[] = [{ summary: 's', chat_id: 'c', metadata: { any: [1, null] }, concerning_score: 3, languages: null }];
  await writeCheckpoint(path, rows, { schema: ConversationSummary });
  const [loaded] = await readCheckpoint(path, { schema: ConversationSummary });
  const score: number | null | undefined = loaded!.concerning_score;
  const languages: string[] | null | undefined = loaded!.languages;
  assert.deepStrictEqual([score, languages, loaded!.metadata['any']], [3, null, [1, null]]);
  await rejectsWith('ERR_CKPT_SCHEMA', () =>
    writeCheckpoint(path, [{ ...rows[0]!, concerning_score: 6 }], { schema: ConversationSummary }),
  );
  // @ts-expect-error -- a cluster has no topic
  const wrong = (cluster: Cluster) => cluster.topic;
  assert.equal(typeof wrong, 'function');
});
