import { type Command, InvalidArgumentError, Option } from 'commander';
import { COMPATS } from '../options/compat.js';
import { CODECS } from '../options/options.js';

/** What a filter may be, for the help. */
export const WHERE = `Filters (--where, all must hold):
  category=a  score>=0.5  title!="a b"    also < > <= ; the value is JSON if it can be, else text
  '{"metadata.source":{"$in":["web"]}}'   JSON in the manner of MongoDB: $eq $ne $gt $gte $lt $lte $in $nin $exists $not $and $or
  '$state=open'  '{"$field":"$state","$eq":"open"}'   a key that begins with $`;

/** Adds the options that say which rows and columns are wanted. */
export function selection(command: Command): Command {
  return command
    .addOption(columns())
    .option('--where <filter>', 'only rows that it holds for; may be repeated', gather)
    .addOption(
      new Option('--unknown-columns <how>', 'that no row has: refuse them in --where too, or in neither').choices(['error', 'missing']),
    )
    .option('--offset <count>', 'skip this many of them', count)
    .option('--limit <count>', 'the most rows', count)
    .addHelpText('after', `\n${WHERE}`);
}

/** `--columns`. */
export function columns(): Option {
  return new Option('--columns <names>', 'only these top-level keys: a,b or a JSON array; may be repeated').argParser(gather);
}

/** `--compression`. */
export function compression(): Option {
  return new Option('--compression <codec>', 'of Parquet (default: auto)').choices(CODECS);
}

/** An option that names one of the Python programs whose files are known. */
export function compat(flags: string, description: string): Option {
  return new Option(flags, description).choices(COMPATS);
}

/** The value of an option that may be repeated: all texts. */
export function gather(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** The value of an option that is a number of things. */
export function count(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('It must be an integer from 0 on.');
  return number;
}

/** The value of an option that names checkpoints, `step/operation` or `["step","operation"]`, and may be repeated. */
export function gatherPairs(text: string, before: readonly [string, string][] = []): [string, string][] {
  return [...before, pair(text)];
}

function pair(text: string): [string, string] {
  const slash = text.indexOf('/');
  if (!text.startsWith('[') && slash > 0 && slash < text.length - 1) return [text.slice(0, slash), text.slice(slash + 1)];
  try {
    const names: unknown = JSON.parse(text);
    if (Array.isArray(names) && names.length === 2 && names.every((name) => typeof name === 'string')) return names as [string, string];
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('It must be step/operation, or ["step","operation"].');
}

const UNITS_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const UNITS_BYTES = ['', 'K', 'M', 'G', 'T'];

/** The value of an option that is a time, in milliseconds. */
export function duration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (number === undefined || unit === undefined) throw new InvalidArgumentError('It must be a number and s, m, h or d: 12h.');
  return Number(number) * (UNITS_MS[unit] as number);
}

/** The value of an option that is a size, in bytes; units of 1024. */
export function bytes(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([KMGT]?)B?$/i.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    throw new InvalidArgumentError('It must be a number of bytes, or one with KB, MB, GB or TB.');
  return Math.round(Number(number) * 1024 ** UNITS_BYTES.indexOf(unit.toUpperCase()));
}

/** The value of an option that is a part of a whole. */
export function fraction(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!(number >= 0 && number <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return number;
}
