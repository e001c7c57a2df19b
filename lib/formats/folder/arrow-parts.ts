import type { ArrowOptions } from '../../options/arrow-options.js';
import { unknownColumn } from '../../select/unknown-columns.js';
import { arrowColumns } from '../parquet/arrow/arrow-request.js';
import type { ArrowFile, ArrowFiles } from '../parquet/arrow/arrow-files.js';
import { changeOf } from './list-parts.js';
import type { KnownPart, PartKind, Survey } from './survey.js';

/**
 * What is read of a folder's parts as one stream of Arrow batches. `language`: of who takes them. @throws `ERR_CKPT_UNKNOWN_COLUMN`,
 * `ERR_CKPT_ARROW` for a key that C has no name for
 */
export function arrowParts(folder: Survey, options: ArrowOptions, language?: 'C'): ArrowFiles {
  const { path, keys, rows, kinds, parts } = folder;
  const { columns: names, offset = 0, limit = Number.POSITIVE_INFINITY } = options;
  const unknown = rows === 0 ? undefined : names?.find((name) => !keys.includes(name));
  if (unknown !== undefined) throw unknownColumn(path, unknown, keys);
  const isWanted = (key: string): boolean => names === undefined || names.includes(key);
  const kindOf = new Map(kinds.map((kind, index) => [kind, index]));
  const seen = new Set<PartKind>();
  const files: ArrowFile[] = [];
  let first = 0;
  for (const part of parts) {
    const from = Math.max(0, offset - first);
    const to = Math.min(part.rows, offset + limit - first);
    first += part.rows;
    // One of each kind is looked at for its columns, also where none of its rows is wanted.
    if (to <= from && seen.has(part.kind)) continue;
    seen.add(part.kind);
    const file: ArrowFile = { path: part.path, kind: kindOf.get(part.kind) as number, stamp: [part.bytes, changeOf(part.stamp)] };
    if (from > 0 || to < part.rows) file.range = [Math.min(from, part.rows), Math.max(Math.min(from, part.rows), to)];
    const constants = constantsOf(folder, part).filter(({ name }) => isWanted(name));
    files.push(constants.length === 0 ? file : { ...file, constants });
  }
  const taken = kinds.map(({ facts }) => arrowColumns(facts, { ...options, language }, path));
  return { path, order: keys, kinds: taken, files };
}

type Constants = NonNullable<ArrowFile['constants']>;

/** A null has the type of its column; none where other parts hold that, whose type it is. */
function constantsOf({ info, kinds }: Survey, { constants }: KnownPart): Constants {
  return [...constants].flatMap(([name, value]): Constants => {
    if (typeof value === 'number') return [{ name, value: { int64: value } }];
    if (value !== null) return [{ name, value: { text: value } }];
    if (kinds.some(({ keys }) => keys.includes(name))) return [];
    const isInteger = info.columns.find((column) => column.name === name)?.type === 'int64';
    return [{ name, value: isInteger ? { int64: null } : { text: null } }];
  });
}
