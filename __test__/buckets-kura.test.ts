import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { JsonlCheckpointManager, MultiCheckpointManager, ParquetCheckpointManager, type Bucket, type BucketOptions } from 'arrow-ckpt';
import { fromBucket, toBucket } from './buckets/copy-directory.js';
import { MemoryBucket } from './buckets/memory-bucket.js';
import { ODD_NAMES } from './buckets/manager-scenarios.js';
import { stubBucket, stubOptions } from './buckets/stub-bucket.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { failureOf, rejectsWith } from './support/codes.js';
import { tempFolder } from './support/temp-folder.js';

type Manager = JsonlCheckpointManager | ParquetCheckpointManager;
/** A directory, and a way to put a file beside the checkpoints. */
interface Place {
  directory: string;
  bucket?: Bucket | BucketOptions;
  put: (name: string, text: string) => Promise<unknown>;
}

const KINDS = { jsonl: JsonlCheckpointManager, parquet: ParquetCheckpointManager };
const ROWS = [
  { id: 1, text: 'one' },
  { id: 2, text: null, more: [1, { a: 2 }] },
];

suite('Kura managers on buckets give what those of local directories give', () => {
  const root = tempFolder('buckets-kura');
  const stub = new BucketStub('s3');
  before(() => stub.start());
  after(() => stub.stop());
  const putIn = (bucket: Bucket) => async (name: string, text: string) => {
    const file = join(root, 'file');
    writeFileSync(file, text);
    await bucket.put(`a/${name}`, file);
  };
  const places: Record<string, () => Place> = {
    'a driver of the user': () => {
      const bucket = new MemoryBucket();
      return { directory: 'memory://bucket/a', bucket, put: putIn(bucket) };
    },
    s3: () => {
      stub.reset();
      return { directory: 's3://bucket/a/', bucket: stubOptions(stub, 's3'), put: putIn(stubBucket(stub, 's3')) };
    },
  };
  const local = (): Place => {
    const directory = mkdtempSync(join(root, 'd'));
    return { directory, put: async (name, text) => writeFileSync(join(directory, name), text) };
  };

  /** What calls gave, without what differs. */
  async function seen(kind: keyof typeof KINDS, { directory, bucket, put }: Place): Promise<unknown> {
    const lines: string[] = [];
    const logger = { info: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) };
    const make = (of: keyof typeof KINDS): Manager => new KINDS[of](directory, { logger, ...(bucket !== undefined && { bucket }) });
    const manager = make(kind);
    const found: unknown[] = [];
    const note = (value: unknown): void => void found.push(value);
    const code = async (work: () => Promise<unknown>): Promise<unknown> => ((await failureOf(work)) as { code?: string }).code;
    note([await manager.loadCheckpoint('none'), await manager.listCheckpoints(), await manager.getCheckpointInfo('none')]);
    note([await manager.getCheckpointPath('none'), await manager.deleteCheckpoint('none'), await manager.getStats()]);
    note(await manager.saveCheckpoint('summaries', ROWS, { hash: 'h' }));
    note([await manager.loadCheckpoint('summaries.jsonl'), await manager.loadCheckpoint('summaries.parquet', undefined, { hash: 'h' })]);
    note(await manager.loadCheckpoint('summaries', undefined, { hash: 'other' }));
    note(await manager.loadCheckpoint('summaries', z.object({ id: z.number() }), { columns: ['id'] }));
    note(await code(() => manager.loadCheckpoint('summaries', z.object({ id: z.string() }))));
    const {
      modified,
      bytes,
      etag: _,
      ...info
    } = (await manager.getCheckpointInfo('summaries')) as NonNullable<Awaited<ReturnType<Manager['getCheckpointInfo']>>>;
    note([info, bytes > 0, Math.abs(modified.getTime() - Date.now()) < 600_000]);
    // Kura's own file of the name, which the next save replaces.
    await put(kind === 'jsonl' ? 'old.jsonl.jsonl' : 'other.json', kind === 'jsonl' ? '{"a":1}\n' : '{"of":"somebody"}');
    note([await manager.listCheckpoints(), await manager.loadCheckpoint('old')]);
    note([await manager.saveCheckpoint('old', []), await manager.loadCheckpoint('old'), await manager.listCheckpoints()]);
    if (kind === 'jsonl') {
      await put('torn.jsonl', '{"a":1}\n{"a":2}\n{"a":');
      note([await manager.loadCheckpoint('torn'), await code(() => manager.loadCheckpoint('torn', undefined, { torn: 'refuse' }))]);
    }
    await put('damaged.parquet', 'PAR1 nothing PAR1');
    await put('notes.txt', 'none of ours');
    note([await manager.listCheckpoints(), (await manager.getStats()).checkpoints]);
    for (const name of ODD_NAMES.slice(6, 14)) {
      await manager.saveCheckpoint(name, [{ name }]);
      note([await manager.loadCheckpoint(name), await manager.deleteCheckpoint(name), await manager.deleteCheckpoint(name)]);
    }
    note([await code(() => manager.saveCheckpoint('', [])), await code(() => manager.loadCheckpoint(''))]);
    // Both kinds in one place do not see each other's.
    const other = make(kind === 'jsonl' ? 'parquet' : 'jsonl');
    note([await other.loadCheckpoint('summaries'), await other.saveCheckpoint('summaries', [{ other: true }])]);
    note([await manager.loadCheckpoint('summaries'), await other.loadCheckpoint('summaries')]);
    const multi = new MultiCheckpointManager([manager, other], { logger });
    await multi.saveCheckpoint('both', ROWS);
    note([await multi.loadCheckpoint('both'), await other.loadCheckpoint('both'), await multi.listCheckpoints()]);
    const plain = directory.replace(/\/$/, '');
    const text = JSON.stringify([found, lines.map((line) => line.replace(/[\d.]+(?:B|KB)/g, 'size'))]);
    return JSON.parse(text.replaceAll('\\\\', '/').replaceAll(`${plain}/"`, `${plain}"`).replaceAll(plain, '<directory>'));
  }

  for (const kind of ['jsonl', 'parquet'] as const) {
    let expected: unknown;
    before(async () => {
      expected = await seen(kind, local());
    });
    for (const [name, place] of Object.entries(places)) {
      test(`${kind}: ${name}`, async () => {
        assert.deepEqual(await seen(kind, place()), expected);
      });
    }
  }

  test('a directory that is copied to a bucket and back has the same names', async () => {
    const { directory } = local();
    const manager = new ParquetCheckpointManager(directory, { logger: false });
    for (const name of ['Case', 'case', 'x'.repeat(300)]) await manager.saveCheckpoint(name, [{ name }]);
    const bucket = new MemoryBucket();
    await toBucket(directory, bucket, '');
    const remote = new ParquetCheckpointManager('memory://bucket', { logger: false, bucket });
    for (const name of ['Case', 'case', 'x'.repeat(300)]) {
      assert.deepEqual(await remote.loadCheckpoint(name), [{ name }]);
      await remote.saveCheckpoint(name, [{ name }, { name }]);
    }
    assert.deepEqual(await remote.listCheckpoints(), await manager.listCheckpoints());
    const back = local().directory;
    await fromBucket(bucket, '', back);
    assert.deepEqual(await new ParquetCheckpointManager(back, { logger: false }).loadCheckpoint('case'), [
      { name: 'case' },
      { name: 'case' },
    ]);
  });

  test('options that are for local files', async () => {
    const bucket = new MemoryBucket();
    const manager = new ParquetCheckpointManager('memory://bucket/a', { logger: false, bucket });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager.saveCheckpoint('n', [], { base: 'auto' }), {
      message: /is for local files/,
    });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => new JsonlCheckpointManager('a', { bucket }), { message: /bucket is for URLs/ });
    const disabled = new JsonlCheckpointManager('memory://bucket/a', { enabled: false, bucket, logger: false });
    assert.deepEqual([await disabled.saveCheckpoint('n', []), await disabled.loadCheckpoint('n'), bucket.calls.length], [null, null, 0]);
  });
});
