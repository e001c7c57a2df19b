import type { Row } from 'arrow-ckpt';
import { runPython } from './python.ts';

/** The programs of other people that our files are opened with. */
export const ENGINES = ['pyarrow', 'pandas', 'polars', 'duckdb'] as const;
export type Engine = (typeof ENGINES)[number];

/** What an engine found in a file: the type of each column in its own words, and the rows in the notation of {@link notation}. */
interface Opened {
  types?: Record<string, string>;
  rows?: Row[];
  /** Why it did not open it. */
  error?: string;
}

export type OpenedFile = Record<Engine, Opened> & {
  /** The codecs of its column chunks, as PyArrow names them. */
  codecs: string[];
};

/** Opens every Parquet file of a folder with every engine, by one Python process; the keys are the files' names without `.parquet`. */
export async function openFolder(folder: string): Promise<Record<string, OpenedFile>> {
  return JSON.parse(await runPython('read_files.py', folder)) as Record<string, OpenedFile>;
}

/** A value as read_files.py prints it; what JSON cannot say is said with a marker. */
export function notation(value: unknown): unknown {
  if (value instanceof Date) return { $timestamp: value.getTime() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('hex') };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $number: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (Array.isArray(value)) return value.map(notation);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, notation(member)]));
}

/** A value as pandas shows it: NaN and null are one. */
export function withoutNaN(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNaN);
  if (typeof value !== 'object' || value === null) return value;
  if ((value as { $number?: string }).$number === 'NaN') return null;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutNaN(member)]));
}

/** Rows without the hidden columns and fields, which only arrow-ckpt needs. */
export function visible(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== 'object' || value === null) return value;
  const shown = Object.entries(value).filter(([key]) => !key.startsWith('__ckpt'));
  return Object.fromEntries(shown.map(([key, member]) => [key, visible(member)]));
}
