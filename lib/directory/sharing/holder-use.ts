import { eachReference, storedBytes } from '../../formats/parquet/each-reference.js';
import { describeEach } from '../../formats/parquet/describe-files.js';
import type { ParquetFacts } from '../../formats/parquet/parquet-facts.js';
import { holderPath, POOL_FOLDER } from '../../formats/parquet/pool.js';
import { KEY_ID, type References } from '../../formats/parquet/references.js';
import { join } from 'node:path';
import { namesIn, parquetBelow } from '../wanted-holders.js';

/** A file that only the pool has, and that checkpoints refer to. */
export interface HolderUse {
  id: string;
  bytes: number;
  /** Bytes of the values that checkpoints refer to, about. */
  usedBytes: number;
  /** The checkpoints, by path. */
  users: string[];
}

interface User {
  path: string;
  references: References;
}

/** The files that only the pool of a directory has, with what of them is used. */
export async function holderUses(directory: string, signal?: AbortSignal): Promise<HolderUse[]> {
  const pooled = (await namesIn(join(directory, POOL_FOLDER, 'pool'))).flatMap((name) => /^([0-9a-f]{32})\.holder$/.exec(name)?.[1] ?? []);
  if (pooled.length === 0) return [];
  const { visible, users } = await namesAndUsers(directory);
  const uses: HolderUse[] = [];
  for (const id of pooled) {
    const own = users.get(id);
    if (visible.has(id) || own === undefined) continue;
    uses.push(await useOf(directory, id, own, signal));
  }
  return uses;
}

/** The files that have a name, and who refers to which. */
async function namesAndUsers(directory: string): Promise<{ visible: Set<string>; users: Map<string, User[]> }> {
  const visible = new Set<string>();
  const users = new Map<string, User[]>();
  for await (const [, facts] of describeEach(await parquetBelow(directory))) {
    if (facts === undefined || !facts.ours) continue;
    const id = facts.footer.keyValues[KEY_ID];
    if (id !== undefined) visible.add(id);
    for (const [holder, user] of usersOf(facts)) users.set(holder, [...(users.get(holder) ?? []), user]);
  }
  return { visible, users };
}

function usersOf({ path, references }: ParquetFacts): [string, User][] {
  return references === undefined ? [] : references.holders.map(({ id }) => [id, { path, references }]);
}

async function useOf(directory: string, id: string, users: readonly User[], signal?: AbortSignal): Promise<HolderUse> {
  const { bytes, rows, columns } = await storedBytes(holderPath(directory, id));
  // A bit for each row, by column.
  const used = new Map<string, Uint8Array>();
  for (const { path, references } of users) {
    const at = references.holders.findIndex((holder) => holder.id === id);
    for (const column of references.columns.values()) {
      const name = column.of.find(([holder]) => holder === at)?.[1];
      if (name === undefined) continue;
      const bits = used.get(name) ?? new Uint8Array((rows >> 3) + 1);
      used.set(name, bits);
      const mark = (holder: number, row: number): void => {
        if (holder === at && row < rows) bits[row >> 3]! |= 1 << (row & 7);
      };
      await eachReference(path, column, mark, signal);
    }
  }
  let usedBytes = 0;
  for (const [name, bits] of used) usedBytes += ((columns.get(name) ?? 0) * ones(bits)) / Math.max(rows, 1);
  return { id, bytes, usedBytes: Math.round(usedBytes), users: users.map(({ path }) => path) };
}

function ones(bits: Uint8Array): number {
  let count = 0;
  for (let byte of bits) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}
