import { createHash } from 'node:crypto';
import type { Row } from 'arrow-ckpt';

/**
 * A value in a form that judge.py makes of an engine's value too. Texts and bytes are the same here, as engines do not agree which is
 * which; so are a Date and its text, floats and integers of one value, and objects whose keys stand in another order, as JavaScript puts
 * integers first.
 */
export type Canonical = null | boolean | string | Canonical[] | { [key: string]: Canonical };

/** One column of a file. */
export interface ColumnDigest {
  name: string;
  /** SHA-1 of all its values. */
  digest: string;
  /** The first of them, to show. */
  head: Canonical[];
}

const HEAD = 20;
const INTERVAL = /^(\d+) months (\d+) days (\d+) ms$/;

export function canonical(value: unknown): Canonical {
  if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
  if (typeof value === 'bigint') return `i${value}`;
  if (typeof value === 'number') return numberForm(value);
  if (typeof value === 'string') return textForm(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'd' : `x${Buffer.from(value.toISOString()).toString('hex')}`;
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<unknown>, canonical);
  const entries = Object.entries(value as Row).map(([key, member]) => [Buffer.from(key).toString('hex'), canonical(member)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function numberForm(value: number): string {
  if (Number.isInteger(value)) return `i${BigInt(value)}`;
  if (!Number.isFinite(value)) return `n${value}`;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return `f${bytes.toString('hex')}`;
}

/** Engines give an interval as its twelve bytes. */
function textForm(value: string): string {
  const parts = INTERVAL.exec(value)?.slice(1).map(Number);
  if (parts === undefined) return `x${Buffer.from(value).toString('hex')}`;
  const bytes = Buffer.alloc(12);
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, index * 4);
  return `x${bytes.toString('hex')}`;
}

/** The columns of rows, each of which has them all. */
export function digestsOf(rows: readonly Row[]): ColumnDigest[] {
  return Object.keys(rows[0] ?? {}).map((name) => {
    const hash = createHash('sha1');
    const head: Canonical[] = [];
    for (const row of rows) {
      const value = canonical(row[name]);
      if (head.length < HEAD) head.push(value);
      hash.update(`${JSON.stringify(value)}\n`);
    }
    return { name, digest: hash.digest('hex'), head };
  });
}
