/** Bytes from the first to before the second. */
export type Range = readonly [start: number, end: number];

/** Ranges this near each other are read as one: a request costs as much as some hundred kB. */
const GAP_BYTES = 256 << 10;
/** Ranges longer than this are read in parts, beside each other. */
const PART_BYTES = 8 << 20;
/** In how many parts the whole is read at most, as far as gaps do not need more. */
const MAX_PARTS = 10;

/** The same bytes as few ascending ranges that neither touch nor overlap. */
export function joined(ranges: readonly Range[], gap = 0): Range[] {
  const made: [number, number][] = [];
  for (const [start, end] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = made.at(-1);
    if (end <= start) continue;
    if (last !== undefined && start <= last[1] + gap) last[1] = Math.max(last[1], end);
    else made.push([start, end]);
  }
  return made;
}

/** What of `wanted` is not in `known`. */
export function without(wanted: readonly Range[], known: readonly Range[]): Range[] {
  const left: Range[] = [];
  for (const [start, end] of joined(wanted)) {
    let from = start;
    for (const [first, last] of joined(known)) {
      if (last <= from || first >= end) continue;
      if (first > from) left.push([from, first]);
      from = Math.max(from, last);
    }
    if (from < end) left.push([from, end]);
  }
  return left;
}

/** The requests for what is wanted and not known: small gaps are read, too, and long ranges in parts. */
export function requestsFor(wanted: readonly Range[], known: readonly Range[]): Range[] {
  const ranges = joined(without(wanted, known), GAP_BYTES);
  const bytes = ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  const most = Math.max(PART_BYTES, Math.ceil(bytes / MAX_PARTS));
  return ranges.flatMap(([start, end]) => {
    const parts = Math.ceil((end - start) / most);
    const at = (part: number): number => start + Math.round(((end - start) / parts) * part);
    return Array.from({ length: parts }, (_, part): Range => [at(part), at(part + 1)]);
  });
}
