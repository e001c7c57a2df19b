import type { ColumnDigest } from './canonical.ts';

/** How a reader read a file. */
export interface ReaderOutcome {
  rows?: number;
  columns?: ColumnDigest[];
  /** Of a refusal; `raw` for an error without a code. */
  code?: string;
  message?: string;
  ms: number;
}

/** What came of one file, as its child process tells. */
export interface FileOutcome {
  native: ReaderOutcome;
  fallback: ReaderOutcome;
  /** Where the two readers' rows differ. */
  difference?: string;
  /** The first partial read of each reader that is not as the whole one. */
  partial: { native?: string; fallback?: string };
  /** Whether the file is a checkpoint of ours, of which engines see other columns. */
  isOurs: boolean;
  /** The most memory that the process has held so far, in MB. */
  megabytes: number;
}

/** What an engine made of a file. */
export interface Judgement {
  rows?: number;
  columns?: ColumnDigest[];
  error?: string;
}

export type Judgements = Record<string, Judgement>;

/** A file in the report. */
export interface FileReport extends Partial<FileOutcome> {
  path: string;
  class: FileClass;
  /** More of why. */
  detail?: string;
  judges?: Judgements;
}

/** What may become of a file, the worst first; and whether it is a fault of ours. */
export const CLASSES = {
  crash: { isFault: true, means: 'a reader ended its process' },
  'time-out': { isFault: true, means: 'a reader took longer than the time limit' },
  memory: { isFault: true, means: 'a reader took more memory than the limit' },
  'raw error': { isFault: true, means: 'a reader threw an error without a code, or ERR_CKPT_INTERNAL' },
  'values differ': { isFault: true, means: 'the two readers give different rows' },
  'one refuses': { isFault: true, means: 'one reader reads it, the other does not' },
  'codes differ': { isFault: true, means: 'both refuse it, with different codes' },
  'partial read differs': { isFault: true, means: 'a partial read gives other rows than the whole one' },
  'engines differ': { isFault: false, means: 'both readers agree, and no engine has the same values' },
  'refused, engines read it': { isFault: false, means: 'both refuse it with the same code, and an engine reads it' },
  'refused alike': { isFault: false, means: 'both refuse it with the same code, and so do the engines, or there are none' },
  'read, no judge': { isFault: false, means: 'both read it alike, and no engine does, or there are none' },
  equal: { isFault: false, means: 'both read it alike, and an engine has the same values' },
} as const;

export type FileClass = keyof typeof CLASSES;

/** The class of a file whose child process ended well. */
export function classOf(outcome: FileOutcome, judges: Judgements): { class: FileClass; detail?: string } {
  const { native, fallback, difference, partial, isOurs } = outcome;
  const codes = [native, fallback].map(({ code }) => code ?? 'rows');
  for (const [index, reader] of [native, fallback].entries()) {
    if (codes[index] === 'raw' || codes[index] === 'ERR_CKPT_INTERNAL') return { class: 'raw error', detail: reader.message ?? '' };
  }
  const told = `native ${codes[0]}, fallback ${codes[1]}: ${native.message ?? fallback.message ?? ''}`;
  const read = Object.values(judges).filter(({ error }) => error === undefined);
  if (native.code !== undefined || fallback.code !== undefined) {
    if (native.code === undefined || fallback.code === undefined) return { class: 'one refuses', detail: told };
    if (native.code !== fallback.code) return { class: 'codes differ', detail: told };
    return { class: read.length > 0 ? 'refused, engines read it' : 'refused alike', detail: `${native.code}: ${native.message}` };
  }
  if (difference !== undefined) return { class: 'values differ', detail: difference };
  const part = partial.native ?? partial.fallback;
  if (part !== undefined)
    return { class: 'partial read differs', detail: `${partial.native === undefined ? 'fallback' : 'native'} ${part}` };
  if (read.length === 0 || isOurs) return { class: 'read, no judge' };
  const differences = read.map((judgement) => engineDifference(native, judgement));
  return differences.includes(undefined) ? { class: 'equal' } : { class: 'engines differ', detail: differences.join('; ') };
}

function engineDifference(reader: ReaderOutcome, judgement: Judgement): string | undefined {
  if (reader.rows !== judgement.rows) return `${reader.rows} rows, not ${judgement.rows}`;
  if (reader.rows === 0) return undefined;
  const theirs = new Map((judgement.columns ?? []).map((column) => [column.name, column]));
  for (const { name, digest, head } of reader.columns ?? []) {
    const other = theirs.get(name);
    if (other === undefined) return `no column ${name}`;
    if (other.digest === digest) continue;
    const at = head.findIndex((value, index) => JSON.stringify(value) !== JSON.stringify(other.head[index]));
    const [ours, its] = [head[at], other.head[at]].map((value) => JSON.stringify(value)?.slice(0, 80));
    return at < 0 ? `column ${name}, after its first values` : `column ${name}, row ${at}: ${ours}, not ${its}`;
  }
  return undefined;
}
