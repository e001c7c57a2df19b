import { isCheckpointError } from '../../base/errors.js';
import { VERSION } from '../../base/version.js';
import { openedOf } from './answers.js';
import { Checkpoints, type Viewed } from './checkpoints.js';
import { jsonSize } from './json-size.js';
import { Places } from './places.js';
import { profileOf } from './profile-of.js';
import type { ReportData, ReportEntry } from './report-data.js';
import { rowOf } from './rows-of.js';
import { runDifference } from './run-difference.js';
import { shownOf, type ShownLimits } from './shown-of.js';
import { troubleOf } from './trouble.js';
import type { Difference, Entry, Place, Profile, Trouble } from './wire.js';

/** What is told of a directory is bounded: a report is a file for people. */
const MOST_ENTRIES = 60;
const MOST_COLUMNS = 40;
const MOST_CHANGES = 20;
const SAMPLE: ShownLimits = { text: 2000, items: 20, total: 8000, image: 65_536 };
/** Columns that most likely name a row. */
const KEYS = ['id', 'key', '_id', 'uuid', 'url', 'doc_id', 'name'];

/** What a report is made of. */
interface ReportAsked {
  directory: string;
  /** The directory that it is compared with. */
  since: string | undefined;
  /** Columns that rows are matched by; undefined: one that is likely. */
  key: readonly string[] | undefined;
  rows: number;
  hasValues: boolean;
  signal: AbortSignal;
  onProgress: (what: string, done: number, total: number) => void;
}

/** Looks through a directory. A checkpoint that cannot be read is told, and the rest goes on. @throws what is wrong with a directory */
export async function gatherReport(asked: ReportAsked): Promise<ReportData> {
  const places = new Places(asked.since === undefined ? [asked.directory] : [asked.directory, asked.since]);
  const checkpoints = new Checkpoints(places, asked.signal);
  try {
    const [place, before] = (await places.list()).places as [Place, Place | undefined];
    const others = new Map(before?.entries.filter(({ error }) => error === null).map((entry) => [nameOf(entry), entry]));
    const entries: ReportEntry[] = [];
    for (const [done, entry] of place.entries.slice(0, MOST_ENTRIES).entries()) {
      asked.signal.throwIfAborted();
      asked.onProgress(entry.path, done, Math.min(MOST_ENTRIES, place.entries.length));
      entries.push(await entryOf(checkpoints, entry, others.get(nameOf(entry)), asked));
    }
    return {
      version: VERSION,
      madeAt: Date.now(),
      place: asked.hasValues ? place : { ...place, troubles: place.troubles.map(withoutQuotes) },
      entries,
      more: Math.max(0, place.entries.length - MOST_ENTRIES),
      since: before === undefined ? null : { path: before.path, ...namesThatDiffer(place, before) },
      hasValues: asked.hasValues,
    };
  } finally {
    await checkpoints.close();
  }
}

async function entryOf(checkpoints: Checkpoints, entry: Entry, other: Entry | undefined, asked: ReportAsked): Promise<ReportEntry> {
  const told: ReportEntry = {
    entry,
    json: null,
    opened: null,
    profiles: [],
    moreColumns: 0,
    sample: [],
    difference: null,
    trouble: entry.error,
  };
  if (!asked.hasValues) told.trouble &&= withoutQuotes(told.trouble);
  if (entry.error !== null) return told;
  try {
    await checkpoints.use(entry.id, undefined, (viewed) => look(told, viewed, asked));
    if (other !== undefined)
      told.difference = await checkpoints.use(other.id, undefined, (a) =>
        checkpoints.use(entry.id, undefined, (b) => differenceOf(a, b, asked)),
      );
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    const trouble = troubleOf(error);
    told.trouble = asked.hasValues ? trouble : withoutQuotes(trouble);
  }
  return told;
}

async function look(told: ReportEntry, viewed: Viewed, { rows, hasValues, signal }: ReportAsked): Promise<void> {
  const { file } = viewed;
  const opened = openedOf(viewed);
  told.opened = hasValues ? opened : { ...opened, metadata: opened.metadata.map(([key]) => [key, 'left out']) };
  told.json = await jsonSize(file, signal);
  const { columns } = file.info;
  told.moreColumns = Math.max(0, columns.length - MOST_COLUMNS);
  for (const { name } of columns.slice(0, MOST_COLUMNS)) {
    const profile = await profileOf(file, name, signal);
    told.profiles.push(hasValues ? profile : withoutValues(profile));
  }
  if (!hasValues) return;
  for (let number = 0; number < Math.min(rows, file.info.rows); number++)
    told.sample.push(shownOf(await rowOf(file, number, signal), SAMPLE));
}

function differenceOf(a: Viewed, b: Viewed, { key, hasValues, signal }: ReportAsked): Promise<Difference> {
  const has = (viewed: Viewed, name: string): boolean => viewed.file.info.columns.some((column) => column.name === name);
  const likely = KEYS.find((name) => has(a, name) && has(b, name));
  const by = key ?? (likely === undefined ? [] : [likely]);
  return runDifference(a, b, { key: by, limit: hasValues ? MOST_CHANGES : 0, signal });
}

/** A histogram of lengths tells no value; all else that has values goes. */
function withoutValues(profile: Profile): Profile {
  const histogram = profile.histogram?.of === 'lengths' ? profile.histogram : null;
  return { ...profile, min: null, max: null, mean: null, top: [], histogram };
}

/** What is wrong with damaged contents may quote them. */
function withoutQuotes({ code, message }: Trouble): Trouble {
  if (code !== 'ERR_CKPT_CORRUPT') return { code, message };
  return { code, message: 'its contents are damaged; how is left out, as values are: arrow-ckpt verify tells it' };
}

function nameOf({ step, operation }: Entry): string {
  return step === null ? operation : `${step} / ${operation}`;
}

function namesThatDiffer(place: Place, before: Place): { added: string[]; removed: string[] } {
  const [now, then] = [place, before].map(({ entries }) => new Set(entries.map(nameOf))) as [Set<string>, Set<string>];
  return { added: [...now].filter((name) => !then.has(name)), removed: [...then].filter((name) => !now.has(name)) };
}
