import { neededColumns } from '../columnar/read/tree.js';
import { CheckpointError, withPath } from '../errors.js';
import type { LogicalPlan } from '../columnar/plan.js';
import { isOurs, readKeyValues } from '../files/file-keys.js';
import type { ReadOptions } from '../options.js';
import type { Row } from '../rows.js';
import type { CheckpointStore } from '../store/store.js';
import { ParquetFile } from './parquet-file.js';
import { loadCheck } from '../schema/load-check.js';
import { fileColumns, readParquetInfo } from './read-info.js';
import { readRows, rowCount, unknownColumn } from './read-rows.js';
import { rowRestorer } from './restore-rows.js';
import { checkVersion } from './version.js';

/** Reads Parquet where the native binary is missing. It cannot write: without the binary, checkpoints are saved as JSON. */
export const fallbackStore: CheckpointStore = {
  format: 'parquet',
  extension: '.parquet',

  async write(path) {
    throw new CheckpointError('ERR_CKPT_INTERNAL', `cannot save ${path}: writing Parquet needs the native binary`, { path });
  },

  async read(path: string, options: ReadOptions): Promise<Row[]> {
    const check = loadCheck(options, path);
    const file = await ParquetFile.open(path);
    try {
      checkVersion(file.keyValues, path);
      const { plan } = readKeyValues(file.footer);
      if (check === undefined) return await readPlanned(file, plan, options);
      const columns = check.opened({ rows: rowCount(file), columns: fileColumns(file), plan, ours: isOurs(file.footer) });
      const rows = await readPlanned(file, plan, columns === undefined ? options : { ...options, columns });
      await check.run(rows, 0);
      check.finish();
      return rows;
    } catch (error) {
      throw withPath(error, path);
    } finally {
      await file.close();
    }
  },

  info: readParquetInfo,
};

async function readPlanned(file: ParquetFile, plan: LogicalPlan | undefined, options: ReadOptions): Promise<Row[]> {
  if (plan === undefined) return readRows(file, options);
  const keep = options.columns === undefined ? undefined : new Set(options.columns);
  const needed = keep === undefined ? undefined : neededColumns(plan, keep);
  if (needed?.unknown !== undefined)
    throw unknownColumn(
      file.path,
      needed.unknown,
      plan.row.f.map((field) => field.k),
    );
  return readRows(file, needed === undefined ? options : { ...options, columns: [...needed.names] }, rowRestorer(plan, keep));
}
