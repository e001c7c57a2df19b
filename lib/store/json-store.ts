import { commitFile } from '../files/commit.js';
import { Pace } from '../files/pace.js';
import { checkRow, chunksOf, countOf, rowsSource, type SourceFailure } from '../files/rows-source.js';
import { selectionOf } from '../files/selection.js';
import { Projection } from '../json/projection.js';
import { jsonBatches, jsonHead, jsonInfo } from '../json/read.js';
import { pythonJson } from '../compat/python-json.js';
import { RowsWriter, type RowText } from '../json/writer.js';
import { invalid } from '../messages.js';
import type { CheckpointInfo, ReadOptions, WriteOptions } from '../options.js';
import type { Row } from '../rows.js';
import { loadCheck } from '../schema/load-check.js';
import { saveCheck, type SaveCheck } from '../schema/save-check.js';
import type { CheckpointStore } from './store.js';

/** Rows between two looks at the clock when they are small; large ones fill a piece before that. */
const CHUNK_ROWS = 1024;

/**
 * Checkpoints as JSON text, in plain TypeScript: the store where the native binary is missing, and the one for files of others.
 *
 * A checkpoint of plain JSON rows without hash and metadata is a JSON array with a row a line: any JSON tool reads it. Any other is
 * an object, `{"arrow-ckpt":{"version":1,"rows":...,"escapes":...},"rows":[...]}`, of which any JSON tool reads at least the rows.
 * It reads any JSON array of objects, whoever formatted it, in memory bounded by its longest row and the rows that are kept.
 *
 * `compression`, `compressionLevel` and `rowGroupRows` have no effect on JSON, nor has `verify`: there are no checksums in it.
 */
export const jsonStore: CheckpointStore = { format: 'json', extension: '.json', write, read, batches, head: jsonHead, info: jsonInfo };

async function write(path: string, rows: Iterable<Row> | AsyncIterable<Row>, options: WriteOptions): Promise<CheckpointInfo> {
  const source = rowsSource(rows);
  const { signal, hash = null } = options;
  const metadata = { ...options.metadata };
  const text = pythonText(options);
  const pace = new Pace(options, countOf(source));
  pace.check();
  const check = saveCheck(options, path);
  const failure: SourceFailure = { happened: false, error: undefined };
  try {
    return await commitFile(path, async (handle) => {
      const out = new RowsWriter(handle, { hash, metadata }, text);
      for await (const chunk of chunksOf(source, CHUNK_ROWS, { signal, failure })) {
        if (check !== undefined && !(await accepted(check, chunk, failure))) continue;
        for (const row of chunk) {
          if (!addTo(out, row, failure)) continue;
          await out.flush();
          pace.rows = out.rows;
          if (pace.due) await pace.turn();
        }
        pace.rows = out.rows;
        if (pace.due) await pace.turn();
      }
      check?.finish();
      const bytes = await out.end();
      pace.finish();
      return { path, format: 'json', rows: out.rows, bytes, hash, metadata, columns: [] };
    });
  } catch (error) {
    // Neither a reason of the user's nor an error of the source's is ours to give a code to.
    if (signal?.aborted === true) throw signal.reason;
    throw failure.happened ? failure.error : error;
  }
}

/** How rows become JSON that DocETL loads; undefined without `compat`. */
function pythonText({ compat, hash, metadata }: WriteOptions): RowText | undefined {
  if (compat === undefined) return undefined;
  if (compat !== 'docetl') throw invalid(`compat '${compat}' has no JSON form: save as Parquet or JSONL`);
  if (hash !== undefined || metadata !== undefined) {
    throw invalid(
      "JSON with compat 'docetl' is a bare list without a place for hash and metadata; a CheckpointManager keeps the hash in the configuration file beside it",
    );
  }
  return (row, index) => pythonJson(row, { program: "DocETL's loader", row: index, path: '' });
}

/** Adds a row. What a getter of it throws is the user's, and may look like an error of the system: it is noted as the source's are. */
function addTo(out: RowsWriter, row: unknown, failure: SourceFailure): boolean {
  try {
    return out.add(checkRow(row, out.rows));
  } catch (error) {
    Object.assign(failure, { happened: true, error });
    throw error;
  }
}

/** Looks at a chunk. What a schema of the user's throws is noted as the source's errors are. */
async function accepted(check: SaveCheck, chunk: readonly Row[], failure: SourceFailure): Promise<boolean> {
  try {
    return await check.accepts(chunk);
  } catch (error) {
    Object.assign(failure, { happened: true, error });
    throw error;
  }
}

async function read(path: string, options: ReadOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches(path, options)) for (const row of batch) rows.push(row);
  return rows;
}

async function* batches(path: string, options: ReadOptions): AsyncGenerator<Row[], void, undefined> {
  const check = loadCheck(options, path);
  const selection = selectionOf(options);
  if (check === undefined && selection === undefined) return yield* jsonBatches(path, options);
  check?.begin();
  // What `where` looks at may be a column that is not wanted.
  const projection = selection === undefined || options.columns === undefined ? undefined : new Projection(options.columns);
  const { columns: _, ...whole } = options;
  let index = 0;
  for await (let batch of jsonBatches(path, projection === undefined ? options : whole)) {
    if (selection !== undefined) batch.length = selection.keep(batch, 0, batch.length);
    if (projection !== undefined) batch = batch.map((row) => projection.of(row));
    await check?.run(batch, 0, batch.length, index);
    index += batch.length;
    if (batch.length > 0 && check?.fits !== false) yield batch;
    if (selection?.done === true) break;
  }
  check?.finish();
}
