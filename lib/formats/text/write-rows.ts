import { commitFile } from '../../base/commit/commit.js';
import { Pace } from '../../base/pace.js';
import { checkRow, chunksOf, countOf, rowsSource, type SourceFailure } from '../../base/rows-source.js';
import type { RowsForm } from './json/form.js';
import { RowsWriter, type TextOfRow } from './json/writer.js';
import type { CheckpointInfo } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import type { Attachment, SaveOptions } from '../../store/store.js';
import { saveCheck, type SaveCheck } from '../../schema/save-check.js';

/** Rows between two looks at the clock when they are small; large ones fill a piece before that. */
const CHUNK_ROWS = 1024;

/** How a store of text writes rows. */
interface TextFormat {
  format: CheckpointInfo['format'];
  form: RowsForm;
  /** How a row becomes JSON, where another program shall read it. */
  text: TextOfRow | undefined;
  /** What stands behind the rows: see `CheckpointStore.attachment`. */
  attachment?: Attachment | undefined;
}

/** Writes rows as text, a row a line, and keeps the promises of `CheckpointStore.write`. */
export async function writeRows(
  path: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: SaveOptions,
  { format, form, text, attachment }: TextFormat,
): Promise<CheckpointInfo> {
  const source = rowsSource(rows);
  const { signal, hash = null } = options;
  const metadata = { ...options.metadata };
  const pace = new Pace(options, countOf(source));
  pace.check();
  const check = saveCheck(options, path);
  const failure: SourceFailure = { happened: false, error: undefined };
  try {
    return await commitFile(path, async (handle) => {
      const out = new RowsWriter(handle, form, { hash, metadata }, { text, attachment });
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
      Object.assign(metadata, options.moreMetadata?.());
      const bytes = await out.end();
      pace.finish();
      return { path, format, rows: out.rows, bytes, hash, metadata, columns: [], delta: null };
    });
  } catch (error) {
    // Neither a reason of the user's nor an error of the source's is ours to give a code to.
    if (signal?.aborted === true) throw signal.reason;
    throw failure.happened ? failure.error : error;
  }
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
