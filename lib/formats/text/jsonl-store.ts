import { kuraLines } from './jsonl/kura-lines.js';
import { linesForm } from './jsonl/header.js';
import { linesBatches, linesHead, linesInfo, type OnTorn } from './jsonl/read.js';
import type { TextOfRow } from './json/writer.js';
import { invalid } from '../../base/messages.js';
import type { ReadOptions, WriteOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import { openByPath } from '../../store/open-by-path.js';
import type { CheckpointStore } from '../../store/store.js';
import { gather, wantedBatches } from '../../store/wanted-rows.js';
import { writeRows } from './write-rows.js';

/**
 * Checkpoints as JSON Lines, in plain TypeScript: a row a line, which any tool for lines reads, and Kura.
 *
 * A checkpoint of plain JSON rows without hash and metadata is nothing but its rows. Any other has a header in its first line,
 * `{"arrow-ckpt-lines":{"version":1,"rows":...,"escapes":...}}`. It reads any file of JSON objects a line, in memory bounded by its longest
 * line and the rows that are kept: blank lines, `\r\n`, a byte order mark and a last line without an end do no harm. A file of 0 bytes has
 * no rows.
 *
 * As in the JSON store, options of compression, row groups and `verify` have no effect.
 */
export const jsonlStore: CheckpointStore = {
  format: 'jsonl',
  extension: '.jsonl',
  write: async (path, rows, options) => writeRows(path, rows, options, { format: 'jsonl', form: linesForm, text: kuraText(options) }),
  read: (path, options) => gather(batches(path, options)),
  batches,
  open: (path, options) => openByPath(jsonlStore, path, options),
  head: linesHead,
  info: linesInfo,
};

/** The rows before a torn end, which `onTorn` is told of. @see OnTorn */
export function readTorn(path: string, options: ReadOptions, onTorn: OnTorn): Promise<Row[]> {
  return gather(wantedBatches(path, options, (path, options) => linesBatches(path, options, onTorn)));
}

function batches(path: string, options: ReadOptions) {
  return wantedBatches(path, options, linesBatches);
}

/** How rows become lines that Kura loads; undefined without `compat`. */
function kuraText({ compat, hash, metadata }: WriteOptions): TextOfRow | undefined {
  if (compat === undefined) return undefined;
  if (compat !== 'kura') throw invalid(`compat '${compat}' has no JSONL form: save as Parquet or JSON`);
  if (hash !== undefined || metadata !== undefined)
    throw invalid("JSONL with compat 'kura' is bare lines without a place for hash and metadata; leave them out, or save as Parquet");
  return kuraLines();
}
