const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `512 B`, `45.2 KB`, units of 1024. */
export function sizeText(bytes: number): string {
  let unit = 0;
  let size = bytes;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit]}`;
}

/** `1,234,567`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 row`, `2 rows`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `2026-01-02 03:04`, in the time of the reader. */
export function timeText(ms: number): string {
  const time = new Date(ms);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** A number in few digits: `0.123`, `1,234`, `1.2e+9`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-3)) return value.toExponential(2);
  return value.toLocaleString('en-US', { maximumFractionDigits: size < 10 ? 3 : size < 1000 ? 1 : 0 });
}

/** Money of whoever told it, in a currency of their own. */
export function costText(cost: number): string {
  return cost === 0 ? '0' : cost < 0.01 ? cost.toPrecision(2) : cost.toFixed(2);
}

/** Of a hash its beginning. */
export function shortHash(hash: string | null): string {
  return hash === null ? '' : hash.length > 12 ? `${hash.slice(0, 12)}…` : hash;
}
