import type { ReadOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import { laterStore } from '../store/later-store.js';
import type { OnTorn } from './text/jsonl/read.js';

// The stores that most programs never use. Each is loaded by its first call.

export const jsonStore = laterStore({ format: 'json', extension: '.json', attaches: true }, async () => {
  return (await import('./text/json-store.js')).jsonStore;
});

export const jsonlStore = laterStore({ format: 'jsonl', extension: '.jsonl', attaches: false }, async () => {
  return (await import('./text/jsonl-store.js')).jsonlStore;
});

/** @see readTorn of the JSONL store */
export async function readTorn(path: string, options: ReadOptions, onTorn: OnTorn): Promise<Row[]> {
  return (await import('./text/jsonl-store.js')).readTorn(path, options, onTorn);
}

/** Parquet where the native binary is missing. */
export const fallbackStore = laterStore({ format: 'parquet', extension: '.parquet', attaches: true }, async () => {
  return (await import('./parquet/fallback/fallback-store.js')).fallbackStore;
});

/** Folders of Parquet parts. */
export const nativeFolders = laterStore({ format: 'parquet', extension: '.parquet', attaches: false }, async () => {
  return (await import('./folder/native-folders.js')).nativeFolders;
});

/** The same where the native binary is missing. */
export const fallbackFolders = laterStore({ format: 'parquet', extension: '.parquet', attaches: false }, async () => {
  return (await import('./folder/fallback-folders.js')).fallbackFolders;
});
