import type { Binding } from '../../../base/addon/binding.js';
import type { ArrowOptions, ArrowStream } from '../../../options/arrow-options.js';
import type { FileOptions } from '../../../options/options.js';
import { nativeCall } from '../native/native-error.js';
import { nativeOpenOptions } from '../native/open-native.js';
import type { PieceSource } from './arrow-pieces.js';
import { BATCH_BYTES, BATCH_ROWS, type ArrowColumn } from './arrow-request.js';

/** One file of several that are read as one. */
export interface ArrowFile {
  path: string;
  /** Which of the kinds it is of. */
  kind: number;
  /** First row, row after the last; all if undefined. */
  range?: [number, number];
  /** Its bytes, and when it was changed, in nanoseconds since 1970: another file of its name is not read. */
  stamp?: [number, string];
  /** Columns that have one value in all its rows. */
  constants?: { name: string; value: { int64: number | null } | { text: string | null } }[];
}

/** Files that are read as one, one after another. */
export interface ArrowFiles {
  /** Of all of them, for errors. */
  path: string;
  /** Names of columns in their order. */
  order: readonly string[];
  /** What is taken of files that have the same columns of the same types. */
  kinds: readonly (readonly ArrowColumn[])[];
  files: readonly ArrowFile[];
}

/** Their batches as a C stream. It waits for the gate before its first batch. */
export function filesStream(
  binding: Binding,
  files: ArrowFiles,
  opened: FileOptions,
  options: ArrowOptions,
  gate?: InstanceType<Binding['ArrowGate']>,
): ArrowStream {
  return nativeCall(() => binding.arrowPartsStream(requestOf(files, opened, options), gate) as ArrowStream);
}

/** Their batches as the pieces of an IPC stream. */
export function filesPieces(binding: Binding, files: ArrowFiles, opened: FileOptions, options: ArrowOptions): PieceSource {
  return nativeCall(() => binding.NativeIpc.ofParts(requestOf(files, opened, options)));
}

function requestOf({ path, order, kinds, files }: ArrowFiles, opened: FileOptions, options: ArrowOptions): string {
  const { batchRows = BATCH_ROWS, threads } = options;
  const reading = { threads, blockRows: batchRows, blockBytes: BATCH_BYTES };
  return JSON.stringify({ path, order, kinds, parts: files, ...nativeOpenOptions(opened), ...reading });
}
