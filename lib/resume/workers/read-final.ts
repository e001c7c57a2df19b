import type { Row } from '../../base/rows.js';
import { isOfFile } from '../../directory/checkpoint-file.js';
import type { FoundFile } from '../../directory/layout.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import { noteUse } from '../../directory/use-record.js';
import { storeOf } from '../../formats/choose.js';
import { recordOf } from '../read-batches.js';
import type { AllArrivals } from './shared-arrivals.js';
import type { SharedInput } from './shared-input.js';

/** Reads the checkpoint that another worker made, whose rows are those of the input in their order; false if it cannot be read. */
export async function readFinal(
  files: OperationFiles,
  { path, modifiedMs }: FoundFile,
  { rows: input, table, keyText }: SharedInput,
  signal: AbortSignal,
  arrivals: AllArrivals | undefined,
): Promise<boolean> {
  const rows: Row[] = [];
  let counts: { index: number; count: number }[];
  try {
    const record = await recordOf(path);
    counts = (record?.rows ?? []).map(({ keyHigh, keyLow, count }) => ({ index: table.find(keyHigh, keyLow), count }));
    for await (const some of (await storeOf(path)).batches(path, { signal })) for (const row of some) rows.push(row);
  } catch (error) {
    if (!isOfFile(error)) throw error;
    return false;
  }
  await noteUse(files.stem, modifiedMs);
  let offset = 0;
  for (const { index, count } of counts) {
    const results = rows.slice(offset, offset + count);
    offset += count;
    const key = keyText(index);
    arrivals?.took({
      index,
      number: index,
      key,
      state: 'known',
      row: input[index] as Row,
      weight: 0,
      attempt: 0,
      results,
    });
  }
  return true;
}
