import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { POOL_FOLDER } from '../../formats/parquet/pool.js';
import { namesIn, wantedIn } from '../wanted-holders.js';

/** Bytes of the pool of a directory that no checkpoint refers to, and that no other name keeps: the next sweep frees them. */
export async function unreferencedBytes(directory: string): Promise<number> {
  const pool = join(directory, POOL_FOLDER, 'pool');
  const names = await namesIn(pool);
  const wanted = names.length === 0 ? undefined : await wantedIn(directory);
  if (wanted === undefined) return 0;
  let freed = 0;
  for (const name of names) {
    if (!name.endsWith('.holder') || wanted.has(name.slice(0, -'.holder'.length))) continue;
    const stats = await stat(join(pool, name)).catch(() => undefined);
    if (stats?.nlink === 1) freed += stats.size;
  }
  return freed;
}
