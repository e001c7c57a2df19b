import { posix } from 'node:path';
import { KEPT_FOLDER } from '../kept-files.js';
import { itemsIn, itemsOf, type BucketItem } from './bucket-contents.js';
import type { BucketHome } from './bucket-home.js';
import { batchFoldersFor, stemsOf } from './bucket-names.js';

/** The checkpoint of an operation, its batches, those that say no step, and its kept results if they are wanted. */
export async function operationItems(
  home: BucketHome,
  { step, operation }: { step: string; operation: string },
  { kept }: { kept: boolean },
): Promise<BucketItem[]> {
  const items: BucketItem[] = [];
  for (const stem of stemsOf(step, operation)) {
    for await (const item of itemsIn(home, `${stem}.`)) if (item.kind === 'checkpoint' && item.operation === operation) items.push(item);
    if (kept) items.push(...(await keptItems(home, stem)));
  }
  return [...items, ...(await batchItems(home, operation, undefined, false)), ...(await batchItems(home, operation, step, false))];
}

/** The kept results of an operation. `stem`: the path of its checkpoint without the extension. */
export async function keptItems(home: BucketHome, stem: string): Promise<BucketItem[]> {
  const items: BucketItem[] = [];
  const folder = `${posix.dirname(stem)}/${KEPT_FOLDER}/${posix.basename(stem)}/`;
  for await (const item of itemsIn(home, folder)) if (item.kind === 'kept') items.push(item);
  return items;
}

/** The batches of an operation: of a step, or without `step` those that say none, or of all steps. */
export async function batchItems(
  home: BucketHome,
  operation: string,
  step: string | undefined,
  ofAllSteps: boolean,
): Promise<BucketItem[]> {
  // Says what is wrong with the names.
  const folders = batchFoldersFor(operation, step);
  if (step === undefined && ofAllSteps) return (await itemsOf(home, ['batch'])).filter((item) => item.operation === operation);
  const items: BucketItem[] = [];
  for (const folder of folders) for await (const item of itemsIn(home, `${folder}/`)) if (item.kind === 'batch') items.push(item);
  return items;
}
