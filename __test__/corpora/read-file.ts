// A child process of run.ts: reads the files that it is sent, one at a time, with both readers, whole and in parts, and sends back a
// FileOutcome for each.
import { isCheckpointError, readCheckpoint, type ReadOptions, type Row } from 'arrow-ckpt';
import { readFacts } from '../../lib/formats/parquet/fallback/facts-of.ts';
import { fallbackStore } from '../../lib/formats/parquet/fallback/fallback-store.ts';
import { differenceOf } from '../support/exact.ts';
import { digestsOf } from './canonical.ts';
import type { FileOutcome, ReaderOutcome } from './outcome.ts';
import { partialDifference } from './partial-reads.ts';

type Read = (options: ReadOptions) => Promise<Row[]>;

async function whole(read: Read): Promise<{ outcome: ReaderOutcome; rows: Row[] | undefined }> {
  const begun = performance.now();
  const took = (): number => Math.round(performance.now() - begun);
  try {
    const rows = await read({});
    const ms = took();
    return { outcome: { rows: rows.length, columns: digestsOf(rows), ms }, rows };
  } catch (error) {
    const code = isCheckpointError(error) ? error.code : 'raw';
    return {
      outcome: { code, message: String(code === 'raw' ? (error as Error).stack : (error as Error).message), ms: took() },
      rows: undefined,
    };
  }
}

async function outcomeOf(path: string): Promise<FileOutcome> {
  const readers: Record<'native' | 'fallback', Read> = {
    native: (options) => readCheckpoint(path, options),
    fallback: (options) => fallbackStore.read(path, options),
  };
  const native = await whole(readers.native);
  const fallback = await whole(readers.fallback);
  const partial: FileOutcome['partial'] = {};
  for (const [name, { rows }] of Object.entries({ native, fallback })) {
    const reader = name as 'native' | 'fallback';
    const difference = rows === undefined ? undefined : await partialDifference(rows, readers[reader]);
    if (difference !== undefined) partial[reader] = difference;
  }
  const isOurs = await readFacts(path).then(
    (footer) => footer.ours,
    () => false,
  );
  const difference = native.rows === undefined || fallback.rows === undefined ? undefined : differenceOf(fallback.rows, native.rows);
  return {
    native: native.outcome,
    fallback: fallback.outcome,
    ...(difference !== undefined && { difference }),
    partial,
    isOurs,
    megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

process.on('message', (path: string) => void outcomeOf(path).then((outcome) => process.send!(outcome)));
