import { CheckpointError, withPath } from '../../../base/errors.js';
import type { LogicalPlan } from '../../../columnar/plan.js';
import { isKnown, neededOf } from '../needed.js';
import type { PhysicalNode } from '../../../columnar/read/tree.js';
import { decodeRows } from '../../../compat/compat.js';
import { parquetAttachment } from '../attachment.js';
import { isOurs, readKeyValues } from '../file-keys.js';
import { decodeOf } from '../decode-of.js';
import { Projection } from '../../../select/projection.js';
import { selectionOf, type Selection } from '../../../select/selection.js';
import { refusedPaths, unknownColumn } from '../../../select/unknown-columns.js';
import type { ReadOptions } from '../../../options/options.js';
import type { Row } from '../../../base/rows.js';
import { openByPath } from '../../../store/open-by-path.js';
import type { CheckpointStore } from '../../../store/store.js';
import { gather } from '../../../store/wanted-rows.js';
import type { Field } from './fields.js';
import { ParquetFile } from './parquet-file.js';
import { loadCheck } from '../../../schema/load-check.js';
import { fileColumns, readParquetFooter, readParquetHead, readParquetInfo } from './read-info.js';
import { rowBatches } from './read-rows.js';
import { rowRestorer } from './row-restorer.js';
import { checkVersion } from './check-version.js';

/** Reads Parquet where the native binary is missing. It cannot write: without the binary, checkpoints are saved as JSON. */
export const fallbackStore: CheckpointStore = {
  format: 'parquet',
  extension: '.parquet',

  async write(path) {
    throw new CheckpointError('ERR_CKPT_INTERNAL', `cannot save ${path}: writing Parquet needs the native binary`, { path });
  },

  read: (path, options) => gather(batches(path, options)),

  batches,
  open: (path, options) => openByPath(fallbackStore, path, options),
  head: readParquetHead,
  info: readParquetInfo,
  attachment: (path) => parquetAttachment(path, readParquetFooter),
};

async function* batches(path: string, options: ReadOptions): AsyncGenerator<Row[], void, undefined> {
  const check = loadCheck(options, path);
  const selection = selectionOf(options);
  const file = await ParquetFile.open(path, options);
  try {
    checkVersion(file.footer);
    const { plan, compat } = readKeyValues(file.footer);
    const decode = decodeOf(file.footer, fileColumns(file), compat, options.compat);
    let { columns } = options;
    if (decode !== undefined) check?.begin();
    else if (check !== undefined) columns = check.opened({ rows: file.rows, columns: fileColumns(file), plan, ours: isOurs(file.footer) });
    refuseUnknown(file, plan, { ...options, ...(columns !== undefined && { columns }) }, selection);
    const keep = selection === undefined ? columns && new Projection(columns) : selection.keeping(columns);
    let index = 0;
    for await (const batch of plannedBatches(file, plan, options, keep)) {
      if (decode !== undefined) batch.length = decodeRows(decode, batch, 0, batch.length);
      if (selection !== undefined) batch.length = selection.keep(batch, 0, batch.length);
      await check?.run(batch, 0, batch.length, index);
      index += batch.length;
      if (batch.length > 0 && check?.fits !== false) yield batch;
      if (selection?.done === true) break;
    }
    check?.finish();
  } catch (error) {
    throw withPath(error, path);
  } finally {
    await file.close();
  }
}

/** Throws `ERR_CKPT_UNKNOWN_COLUMN` for what the options refuse; without rows nothing is unknown. */
function refuseUnknown(file: ParquetFile, plan: LogicalPlan | undefined, options: ReadOptions, selection: Selection | undefined): void {
  const refused = file.rows === 0 ? [] : refusedPaths(options, selection?.paths ?? []);
  if (refused.length === 0) return;
  const tree = file.fields.map(nodeOf);
  const unknown = refused.find((path) => !isKnown(path, plan, tree));
  if (unknown !== undefined) throw unknownColumn(file.path, unknown.text, keysOf(file, plan));
}

/** The rows with the wanted columns, as they were saved. */
function plannedBatches(
  file: ParquetFile,
  plan: LogicalPlan | undefined,
  options: ReadOptions,
  keep: Projection | undefined,
): AsyncGenerator<Row[], void, undefined> {
  const prune = keep?.isDeep === true ? (row: Row) => keep.of(row) : undefined;
  const restore = plan === undefined ? prune : rowRestorer(plan, keep);
  if (keep === undefined) return rowBatches(file, options, restore);
  const { fields } = file;
  const { columns } = neededOf(plan, fields.map(nodeOf), keep);
  const names = columns.map(({ column }) => (fields[column] as Field).name);
  return rowBatches(file, { ...options, columns: names }, restore);
}

/** A field as far as a projection looks at it. */
function nodeOf(field: Field): PhysicalNode {
  const { name } = field;
  if (field.kind === 'struct') return { name, kind: 'struct', children: field.children.map(nodeOf) };
  return field.kind === 'leaf' ? { name, kind: 'bytes' } : { name, kind: field.kind, children: [nodeOf(field.item)] };
}

/** The top-level keys of a file's rows, but for those of whole rows. */
function keysOf(file: ParquetFile, plan: LogicalPlan | undefined): string[] {
  return plan === undefined ? [...file.footer.columns] : plan.row.f.map((field) => field.k);
}
