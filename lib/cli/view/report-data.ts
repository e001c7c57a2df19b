import type { Difference, Entry, JsonSize, Opened, Place, Profile, Shown, Trouble } from './wire.js';

/** What a report tells of one checkpoint. */
export interface ReportEntry {
  entry: Entry;
  /** Null where it cannot be read, or is not looked into. */
  json: JsonSize | null;
  opened: Opened | null;
  profiles: Profile[];
  /** Columns that are left out, as there are too many. */
  moreColumns: number;
  /** Rows of the beginning; empty where values are left out. */
  sample: Shown[];
  /** Against the checkpoint of the same name in the other directory; null without one. */
  difference: Difference | null;
  /** What went wrong on the way. */
  trouble: Trouble | null;
}

/** All that a report tells. */
export interface ReportData {
  version: string;
  /** Milliseconds since 1970. */
  madeAt: number;
  place: Place;
  entries: ReportEntry[];
  /** Checkpoints that are in the table only, as there are too many. */
  more: number;
  since: { path: string; added: string[]; removed: string[] } | null;
  /** Whether values are in it. */
  hasValues: boolean;
}
