/**
 * A timestamp of another writer: a Date where it is a whole number of milliseconds that a Date can hold, else ISO 8601 text with all its
 * digits, because a Date would silently cut them. `milliseconds`: a bigint where they may be no safe integer. `nanos`: nanoseconds within
 * the millisecond.
 */
export function timestampOf(milliseconds: number | bigint, nanos: number): Date | string {
  const date = new Date(Number(milliseconds));
  if (nanos === 0 && !Number.isNaN(date.getTime())) return date;
  if (Number.isNaN(date.getTime())) return farTimestamp(milliseconds, nanos);
  return `${date.toISOString().slice(0, -1)}${fraction(nanos)}Z`;
}

function fraction(nanos: number): string {
  const digits = String(nanos).padStart(6, '0');
  return digits.endsWith('000') ? digits.slice(0, 3) : digits;
}

/** Years beyond 275760: the Gregorian calendar repeats every 400 years of 146,097 days. */
function farTimestamp(milliseconds: number | bigint, nanos: number): string {
  const cycle = 146_097n * 86_400_000n;
  const within = ((BigInt(milliseconds) % cycle) + cycle) % cycle;
  const date = new Date(Number(within));
  const year = date.getUTCFullYear() + Number((BigInt(milliseconds) - within) / cycle) * 400;
  const sign = year < 0 ? '-' : '+';
  return `${sign}${String(Math.abs(year)).padStart(6, '0')}${date.toISOString().slice(4, -1)}${nanos === 0 ? '' : fraction(nanos)}Z`;
}
