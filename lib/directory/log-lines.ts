import type { CheckpointError } from '../base/errors.js';
import type { CheckpointInfo } from '../options/options.js';

/** Where a manager reports what it did. `console` is a logger. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A size for people: units of 1024, one decimal from KB on: `512B`, `1.2MB`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let size = bytes;
  // 1023.95 and more would round to 1024.0 of the smaller unit.
  while (unit < UNITS.length - 1 && (unit === 0 ? size >= 1024 : size >= 1023.95)) {
    size /= 1024;
    unit++;
  }
  return unit === 0 ? `${bytes}B` : `${size.toFixed(1)}${UNITS[unit]}`;
}

const FORMAT_NAMES: Record<CheckpointInfo['format'], string> = { parquet: 'Arrow/Parquet', json: 'JSON', jsonl: 'JSONL' };

export function savedLine(step: string, operation: string, info: CheckpointInfo): string {
  return `✓ Intermediate saved for operation '${operation}' in step '${step}' at ${info.path} (${sizeOf(info)})`;
}

/** Format and size of a saved file, and what it shares. */
function sizeOf({ format, bytes, delta }: CheckpointInfo): string {
  const size = `${FORMAT_NAMES[format]} ${formatBytes(bytes)}`;
  if (delta === null || delta === undefined) return size;
  const names = delta.holders.map(({ path }) => path.replace(/\.parquet$/, ''));
  const others = names.length > 2 ? `${names[0]} and ${names.length - 1} others` : names.join(' and ');
  return `${size}, ${formatBytes(delta.sharedBytes)} shared with ${others}`;
}

export function loadedLine(step: string, operation: string, path: string): string {
  return `✓ Loaded checkpoint for operation '${operation}' in step '${step}' from ${path}`;
}

export function batchSavedLine(operation: string, index: number, path: string): string {
  return `✓ Partial checkpoint saved for '${operation}', batch ${index} at '${path}'`;
}

export function namedSavedLine(name: string, info: CheckpointInfo): string {
  return `✓ Checkpoint '${name}' saved at ${info.path} (${sizeOf(info)})`;
}

export function namedLoadedLine(name: string, path: string): string {
  return `✓ Loaded checkpoint '${name}' from ${path}`;
}

/** The warning of a file that ends in the middle of a row, of which the rows before are loaded. */
export function tornLine(failure: CheckpointError, rows: number): string {
  return `${failure.message}; loaded the ${rows} rows before (${failure.code})`;
}

/** The warning of a damaged file in whose place another was loaded. */
export function fallbackLine(failure: CheckpointError, path: string): string {
  return `could not load ${failure.path ?? 'a checkpoint'}, loaded ${path} instead: ${failure.message} (${failure.code})`;
}
