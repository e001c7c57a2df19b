import { isCheckpointError } from 'arrow-ckpt';
import { fallbackStore } from '../../lib/formats/parquet/fallback/fallback-store.ts';
import { parquetStore } from '../../lib/formats/parquet/parquet-store.ts';
import { assertExact } from './exact.ts';

/** What comes of a call: the rows, or the code and the column of the error. */
async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    return { code: error.code, path: error.path };
  }
}

/** The code of an outcome that is an error. */
export const codeOf = (given: unknown): unknown => (given as { code?: unknown }).code;

interface BothGive {
  rows: unknown;
  ids: unknown;
  told: unknown;
}

/** What both readers make of a file, which must be the same: of all rows, of the column that it has, of the footer. */
export async function bothGive(path: string): Promise<BothGive> {
  const [native, fallback] = await Promise.all(
    [parquetStore, fallbackStore].map(async (store) => ({
      rows: await outcome(() => store.read(path, {})),
      ids: await outcome(() => store.read(path, { columns: ['id'] })),
      told: await outcome(async () => (await store.info(path)).columns.map(({ name, type }) => ({ name, type }))),
    })),
  );
  assertExact(fallback, native);
  return native as BothGive;
}
