import { pythonJson } from '../../compat/python-json.js';
import { jsonAttachment } from './json/attachment.js';
import { jsonForm } from './json/envelope.js';
import { jsonBatches, jsonHead, jsonInfo } from './json/read.js';
import type { TextOfRow } from './json/writer.js';
import { invalid } from '../../base/messages.js';
import type { ReadOptions, WriteOptions } from '../../options/options.js';
import { openByPath } from '../../store/open-by-path.js';
import type { CheckpointStore } from '../../store/store.js';
import { gather, wantedBatches } from '../../store/wanted-rows.js';
import { writeRows } from './write-rows.js';

/**
 * Checkpoints as JSON text, in plain TypeScript: the store where the native binary is missing, and the one for files of others.
 *
 * A checkpoint of plain JSON rows without hash and metadata is a JSON array with a row a line: any JSON tool reads it. Any other is
 * an object, `{"arrow-ckpt":{"version":1,"rows":...,"escapes":...},"rows":[...]}`, of which any JSON tool reads at least the rows.
 * It reads any JSON array of objects, whoever formatted it, in memory bounded by its longest row and the rows that are kept.
 *
 * `compression`, `compressionLevel` and `rowGroupRows` have no effect on JSON, nor has `verify`: there are no checksums in it.
 */
export const jsonStore: CheckpointStore = {
  format: 'json',
  extension: '.json',
  write: async (path, rows, options, attachment) =>
    writeRows(path, rows, options, { format: 'json', form: jsonForm, text: pythonText(options), attachment }),
  read: (path, options) => gather(batches(path, options)),
  batches,
  open: (path, options) => openByPath(jsonStore, path, options),
  head: jsonHead,
  info: jsonInfo,
  attachment: jsonAttachment,
};

function batches(path: string, options: ReadOptions) {
  return wantedBatches(path, options, jsonBatches);
}

/** How rows become JSON that DocETL loads; undefined without `compat`. */
function pythonText({ compat, hash, metadata }: WriteOptions): TextOfRow | undefined {
  if (compat === undefined) return undefined;
  if (compat !== 'docetl') throw invalid(`compat '${compat}' has no JSON form: save as Parquet or JSONL`);
  if (hash !== undefined || metadata !== undefined) {
    throw invalid(
      "JSON with compat 'docetl' is a bare list without a place for hash and metadata; a CheckpointManager keeps the hash in the configuration file beside it",
    );
  }
  return (row, index) => pythonJson(row, { program: "DocETL's loader", row: index, path: '' });
}
