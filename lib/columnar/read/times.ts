import { timestampOf } from './timestamp-of.js';

const NS_PER_MS = 1_000_000n;

/** Units of 10^-`digits` seconds since midnight as `HH:MM:SS.ffffff`; a time outside the day keeps its sign and hours. */
export function timeText(value: bigint, digits: number): string {
  const units = value < 0n ? -value : value;
  const perSecond = 10n ** BigInt(digits);
  const seconds = units / perSecond;
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => part.toString().padStart(2, '0'));
  return `${value < 0n ? '-' : ''}${parts.join(':')}.${(units % perSecond).toString().padStart(digits, '0')}`;
}

/**
 * Nanoseconds since 1970 as what the native path makes of a timestamp. One without a zone is read as UTC: a file gives the same rows
 * everywhere.
 */
export function timestampValue(nanoseconds: bigint): Date | string {
  const within = ((nanoseconds % NS_PER_MS) + NS_PER_MS) % NS_PER_MS;
  return timestampOf((nanoseconds - within) / NS_PER_MS, Number(within));
}

/**
 * The oldest timestamps, INT96: a Julian day number and the nanoseconds within it. Their microseconds since 1970 are 64 bits that wrap
 * around, as Spark writes them.
 */
export function int96Nanoseconds(julianDay: number, nanoseconds: bigint): bigint {
  const within = ((nanoseconds % 1000n) + 1000n) % 1000n;
  const microseconds = (BigInt(julianDay) - 2_440_588n) * 86_400_000_000n + (nanoseconds - within) / 1000n;
  return BigInt.asIntN(64, microseconds) * 1000n + within;
}

/** An interval: three unsigned little-endian numbers. */
export function intervalText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return `${view.getUint32(0, true)} months ${view.getUint32(4, true)} days ${view.getUint32(8, true)} ms`;
}
