import { formatBytes } from '../../directory/log-lines.js';

/** A size for people: `512 B`, `45.2 KB`, units of 1024; `-1.0 KB` for what has grown. */
export function sizeText(bytes: number): string {
  const text = formatBytes(Math.abs(bytes)).replace(/[A-Z]/, ' $&');
  return bytes < 0 ? `-${text}` : text;
}

/** `1,234,567`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 row`, `2 rows`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** A part of a whole as `72.1%`; of nothing it is 0. */
export function percentText(part: number, whole: number): string {
  return `${percentOf(part, whole).toFixed(1)}%`;
}

/** The same as a number with one decimal, for programs. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10;
}

/** A time for people, UTC: `2026-01-02 03:04:05Z`. */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
