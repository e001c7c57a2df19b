import { fieldName, type StructPlan } from '../../columnar/plan.js';
import type { WriteOptions } from '../../options/options.js';
import { ParquetFile } from './fallback/parquet-file.js';
import type { ParquetFacts } from './parquet-facts.js';

/** What own values of a column that refers to others are called. */
const OWN = '__ckpt_v_';

/** The options of a save that a file shows by its layout: for a copy. */
export async function layoutOptions({ path, plan }: ParquetFacts): Promise<Pick<WriteOptions, 'bloomFilter' | 'rowGroupRows'>> {
  const file = await ParquetFile.open(path);
  try {
    const groups = file.metadata.row_groups;
    // They end where a save was asked for it, or where they have enough bytes: the largest says how many rows one may have.
    const most = groups.reduce((rows, group) => Math.max(rows, Number(group.num_rows)), 0);
    const filtered = new Set<string>();
    for (const { columns } of groups)
      for (const { meta_data: chunk } of columns)
        if (chunk?.bloom_filter_offset !== undefined) filtered.add(pathOf(chunk.path_in_schema.join('\0'), plan?.row));
    return { ...(groups.length > 1 && { rowGroupRows: most }), ...(filtered.size > 0 && { bloomFilter: [...filtered] }) };
  } finally {
    await file.close();
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
