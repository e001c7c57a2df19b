/**
 * Hexadecimal digits that nobody else makes, here or elsewhere: 48 random bits, and 40 of the clock, in nanoseconds. For names, not for
 * secrets: Node's crypto takes as long to load as a small save takes.
 */
export function uniqueDigits(): string {
  const random = Math.floor(Math.random() * 2 ** 48);
  const clock = Number(process.hrtime.bigint() & 0xff_ffff_ffffn);
  return random.toString(16).padStart(12, '0') + clock.toString(16).padStart(10, '0');
}
