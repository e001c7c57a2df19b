import { Materialiser } from '../columnar/read/materialiser.js';
import { foreignRows, neededColumns, place, plannedRows, type PhysicalNode, type RowRead } from '../columnar/read/tree.js';
import type { LogicalPlan } from '../columnar/plan.js';
import { CheckpointError, withPath } from '../errors.js';
import { loadBinding } from '../native/binding.js';
import { NativeLoad, type FileDescription } from '../native/load.js';
import type { CheckpointInfo, ReadOptions } from '../options.js';
import type { Row } from '../rows.js';
import { loadCheck } from '../schema/load-check.js';
import { isOurs, readKeyValues, type Footer } from './file-keys.js';
import { logicalColumns } from './logical-columns.js';
import { Pace } from './pace.js';

/** Rows to make room for at once: 32 MiB of pointers. */
const MAX_RESERVED_ROWS = 1 << 22;

/** Reads all rows of a Parquet file, ours or another writer's, through the core. */
export async function readParquet(path: string, options: ReadOptions): Promise<Row[]> {
  const check = loadCheck(options, path);
  const load = openNative(path, options.verify ?? true);
  try {
    const file = await load.opened();
    const footer = footerOf(file, path);
    const { plan } = readKeyValues(footer);
    const columns =
      check === undefined ? options.columns : check.opened({ rows: file.rows, columns: file.columns, plan, ours: isOurs(footer) });
    const keep = columns === undefined ? undefined : new Set(columns);
    const tree = await load.scan(keep === undefined ? undefined : columnIndices(file, plan, keep, path));
    const read: RowRead = plan === undefined ? foreignRows(tree) : plannedRows(plan, tree, keep);
    const materialiser = new Materialiser(read, place(tree).size, file.rows);
    const pace = new Pace(options, file.rows);
    // Growing would copy the array again and again; but a footer may promise anything.
    const rows = Array<Row>(Math.min(file.rows, MAX_RESERVED_ROWS));
    let made = 0;
    for (let block = await load.next(); block !== undefined; block = await load.next()) {
      const more = materialiser.put(block.arena, rows, made);
      load.release(block.index);
      if (check !== undefined) await check.run(rows, made, made + more);
      made += more;
      pace.advance(more);
      if (pace.due) await pace.turn();
    }
    pace.finish();
    check?.finish();
    rows.length = made;
    return rows;
  } catch (error) {
    throw withPath(error, path);
  } finally {
    load.close();
  }
}

/** What is known of a Parquet file without reading its rows. */
export async function parquetInfo(path: string): Promise<CheckpointInfo> {
  const load = openNative(path, true);
  try {
    const file = await load.opened();
    const { plan, hash, metadata } = readKeyValues(footerOf(file, path));
    const { rows, bytes } = file;
    return { path, format: 'parquet', rows, bytes, hash, metadata, columns: logicalColumns(file.columns, plan, rows) };
  } finally {
    load.close();
  }
}

function footerOf({ keyValues, createdBy, tree }: FileDescription, path: string): Footer {
  return { path, keyValues, createdBy, columns: tree.map((node) => node.name) };
}

function openNative(path: string, verify: boolean): NativeLoad {
  const binding = loadBinding();
  if (binding === null) throw new CheckpointError('ERR_CKPT_INTERNAL', 'arrow-ckpt has a bug: a native load without the binary');
  return new NativeLoad(binding, path, verify);
}

/** The top-level columns of the file that hold the wanted keys. */
function columnIndices(file: FileDescription, plan: LogicalPlan | undefined, keep: ReadonlySet<string>, path: string): number[] {
  const names = file.tree.map((node: PhysicalNode) => node.name);
  const { names: needed, unknown } =
    plan === undefined ? { names: keep, unknown: [...keep].find((key) => !names.includes(key)) } : neededColumns(plan, keep);
  if (unknown !== undefined) {
    const known = (plan === undefined ? names : plan.row.f.map((field) => field.k)).slice(0, 20).join(', ');
    throw new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', `${path} has no column '${unknown}'; it has ${known}`, { path, column: unknown });
  }
  return names.flatMap((name, index) => (needed.has(name) ? [index] : []));
}
