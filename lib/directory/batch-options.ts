import { invalid, show } from '../base/messages.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys, WRITE_RECORD, type WriteOptions } from '../options/options.js';

/** Options of the calls that load, list and remove batches. */
export interface BatchOptions {
  /**
   * Only batches of this step.
   *
   * Batches without a step, such as DocETL's, are left out.
   * @default all batches of the operation
   */
  step?: string;
}

/** Options of {@link CheckpointManager.saveBatchCheckpoint}. */
export interface BatchSaveOptions extends WriteOptions {
  /** The step of the operation, in whose folder the batch goes. @default none: the folder where DocETL has it */
  step?: string;
}

/** Options of {@link CheckpointManager.loadPartialResults}. */
export interface PartialOptions {
  /** Only results that were made with this hash. @default any */
  hash?: string;
}

const KEYS = keysOf<BatchOptions>({ step: true });
const SAVE_KEYS = keysOf<BatchSaveOptions>({ ...WRITE_RECORD, step: true });
const PARTIAL_KEYS = keysOf<PartialOptions>({ hash: true });

export function checkBatchOptions(given: BatchOptions | undefined, what: string): BatchOptions {
  const options = asOptions(given, what) as BatchOptions;
  checkKeys(options, KEYS, what);
  return { ...text('step', options.step) };
}

/** The step, and the options of the save. */
export function checkBatchSave(given: BatchSaveOptions | undefined): { step?: string; save: WriteOptions } {
  const options = asOptions(given, 'saveBatchCheckpoint') as BatchSaveOptions;
  checkKeys(options, SAVE_KEYS, 'saveBatchCheckpoint');
  const { step, ...save } = options;
  if (save.parts !== undefined) throw invalid('parts is not for batches: each of them is a file');
  return { ...text('step', step), save };
}

export function checkPartialOptions(given: PartialOptions | undefined, what: string): PartialOptions {
  const options = asOptions(given, what) as PartialOptions;
  checkKeys(options, PARTIAL_KEYS, what);
  return { ...text('hash', options.hash) };
}

function text<K extends string>(name: K, value: unknown): { [key in K]?: string } {
  if (value === undefined) return {};
  if (typeof value !== 'string') throw invalid(`${name} must be a string, got ${show(value)}`);
  return { [name]: value } as { [key in K]?: string };
}
