import type { Known } from './catalogue.ts';
import type { Difference } from './judge.ts';

type Matches = (difference: Difference) => boolean;

export function inBoth(says: string, matches: Matches): Known {
  return { in: 'both', says, matches };
}

export function inOldest(says: string, matches: Matches): Known {
  return { in: 'oldest', says, matches };
}

export function inNewest(says: string, matches: Matches): Known {
  return { in: 'newest', says, matches };
}

/** A list of values with a zero in it counts otherwise than `=` does. */
export const isZeroAmong: Matches = ({ kind, detail }) => kind === 'count' && /^\S+ in .*(\b0,|"-0")/.test(detail);

/** Columns that have other values. */
export function values(column: RegExp): Matches {
  return (difference) => difference.kind === 'value' && column.test(difference.column);
}

/** Columns that are not there. */
export function columnsOf(column: RegExp): Matches {
  return (difference) => difference.kind === 'column' && column.test(difference.column);
}

/** Files, or filters of them, that end in an error. */
export function opens(error: RegExp, file = /./): Matches {
  return (difference) => difference.kind === 'open' && file.test(difference.file) && error.test(difference.detail);
}

/** Filters that count otherwise, or fail, by their text. */
export function countsOf(kind: Difference['kind'], filter: RegExp): Matches {
  return (difference) => difference.kind === kind && filter.test(difference.detail);
}

export function either(...all: Matches[]): Matches {
  return (difference) => all.some((matches) => matches(difference));
}
