import { dirname } from 'node:path';
import { loadBinding, noBindingReason } from '../base/addon/binding.js';
import { makeTemporary } from '../base/commit/temporary-folder.js';
import { CheckpointError } from '../base/errors.js';
import type { Row } from '../base/rows.js';
import { storeOf } from '../formats/choose.js';
import { parquetStore } from '../formats/parquet/parquet-store.js';
import { factsOfFile } from './facts-of-files.js';
import { viewOfFile, type ViewText } from './view-select.js';

/** Writes the rows of files as one of Parquet at `aside`, for DuckDB: JSON, and rows in the form of another program. */
export async function stageRows(paths: readonly string[], aside: string, signal: AbortSignal | undefined): Promise<ViewText> {
  if (loadBinding() === null) {
    const message = `SQL over ${paths[0]} writes it as Parquet first, for which ${noBindingReason()?.summary ?? 'the native binary is missing'}`;
    throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', message, { path: paths[0] as string });
  }
  await makeTemporary(dirname(aside));
  const given = signal === undefined ? {} : { signal };
  await parquetStore.write(aside, rowsOf(paths, signal), { ...given, compression: 'fast' });
  return viewOfFile(await factsOfFile(aside));
}

async function* rowsOf(paths: readonly string[], signal: AbortSignal | undefined): AsyncGenerator<Row, void, undefined> {
  for (const path of paths) {
    const store = await storeOf(path);
    for await (const batch of store.batches(path, { compat: 'docetl', ...(signal !== undefined && { signal }) })) yield* batch;
  }
}
