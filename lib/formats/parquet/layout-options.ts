import { fieldName, type StructPlan } from '../../columnar/plan.js';
import type { WriteOptions } from '../../options/options.js';
import { KEY_BLOOM_FILTER } from './file-keys.js';
import { ParquetFile } from './fallback/parquet-file.js';
import type { ParquetFacts } from './parquet-facts.js';

/** What own values of a column that refers to others are called. */
const OWN = '__ckpt_v_';

/** The options of a save that a file shows by its layout: for a copy. */
export async function layoutOptions(facts: ParquetFacts): Promise<Pick<WriteOptions, 'bloomFilter' | 'rowGroupRows'>> {
  const { path, plan } = facts;
  const asked = askedFilters(facts);
  const file = await ParquetFile.open(path);
  try {
    const groups = file.metadata.row_groups;
    // They end where a save was asked for it, or where they have enough bytes: the largest says how many rows one may have.
    const most = groups.reduce((rows, group) => Math.max(rows, Number(group.num_rows)), 0);
    const filtered = new Set<string>();
    for (const { columns } of groups)
      for (const { meta_data: chunk } of columns)
        if (chunk?.bloom_filter_offset !== undefined) filtered.add(pathOf(chunk.path_in_schema.join('\0'), plan?.row));
    const bloomFilter = asked ?? [...filtered];
    return { ...(groups.length > 1 && { rowGroupRows: most }), ...((bloomFilter === true || bloomFilter.length > 0) && { bloomFilter }) };
  } finally {
    await file.close();
  }
}

/** What the save said, if it did: a name that is none of its columns is not asked for again. */
function askedFilters({ footer, plan }: ParquetFacts): true | string[] | undefined {
  const text = footer.keyValues[KEY_BLOOM_FILTER];
  if (text === undefined) return undefined;
  const asked = parsed(text);
  if (asked === true) return true;
  const known = new Set(pathsOf(plan?.row, ''));
  return Array.isArray(asked) ? asked.filter((name): name is string => known.has(name as string)) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function* pathsOf(row: StructPlan | undefined, before: string): Generator<string, void, undefined> {
  for (const { k, v } of row?.f ?? []) {
    yield before + k;
    if (v.t === 'struct') yield* pathsOf(v, `${before}${k}.`);
  }
}

/** The path of a column by the keys of the rows. */
function pathOf(stored: string, row: StructPlan | undefined): string {
  const keys: string[] = [];
  let struct = row;
  for (const [depth, part] of stored.split('\0').entries()) {
    const name = depth === 0 && part.startsWith(OWN) ? part.slice(OWN.length) : part;
    const field = struct?.f.find((each) => fieldName(each) === name);
    keys.push(field?.k ?? name);
    struct = field?.v.t === 'struct' ? field.v : undefined;
  }
  return keys.join('.');
}
