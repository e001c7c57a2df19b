import { type Command, InvalidArgumentError, Option } from 'commander';
import { COMPATS } from '../compat/names.js';
import { CODECS } from '../options.js';

const WHERE = `Filters (--where, all must hold):
  category=a  score>=0.5  title!="a b"    also < > <= ; the value is JSON if it can be, else text
  '{"metadata.source":{"$in":["web"]}}'   JSON in the manner of MongoDB: $eq $ne $gt $gte $lt $lte $in $nin $exists $not $and $or`;

/** Adds the options that say which rows and columns are wanted. */
export function selection(command: Command): Command {
  return command
    .addOption(columns())
    .option('--where <filter>', 'only rows that it holds for; may be repeated', gather)
    .option('--offset <count>', 'leave out so many of them', count)
    .option('--limit <count>', 'at most so many', count)
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
