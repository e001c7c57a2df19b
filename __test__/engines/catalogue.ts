import type { Difference } from './judge.ts';

/** A release of an engine, and what has to be installed beside it, all pinned. */
export interface Release {
  version: string;
  packages: string[];
}

/**
 * What an engine is known to do otherwise, by its own fault or nature. A run fails where it does something else, and where it no longer
 * does this.
 */
export interface Known {
  in: 'oldest' | 'newest' | 'both';
  /** A word for docs/ENGINES.md, or none where the table says it already. */
  says: string;
  matches: (difference: Difference) => boolean;
}

export interface Engine {
  name: string;
  title: string;
  registry: 'pip' | 'npm';
  driver: string;
  oldest: Release;
  newest: Release;
  /** NaN and null are one for it. */
  nanIsNull?: boolean;
  /** It knows bytes alone, and shows text as such. */
  textIsBytes?: boolean;
  /** It has no null in place of a list or object: a list is empty, and an object has nulls. */
  noNullGroups?: boolean;
  /** What its users have to set or know, in Markdown. */
  set: string[];
  known: Known[];
}

/** A release and all that is installed with it: `pyarrow==18.1.0 numpy==2.1.3`. */
export function release(version: string, packages: string): Release {
  return { version, packages: packages.split(' ') };
}
