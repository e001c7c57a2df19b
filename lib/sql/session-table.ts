import { join } from 'node:path';
import { CheckpointError, isCheckpointError } from '../base/errors.js';
import { inParallel } from '../base/in-parallel.js';
import { describeEach } from '../formats/parquet/describe-files.js';
import type { ParquetFacts } from '../formats/parquet/parquet-facts.js';
import { isBucketUrl } from '../options/bucket-url.js';
import { describeTable, type DescribedTable } from './described-table.js';
import type { TablePlace } from './find-places.js';
import type { SqlTable } from './sql-types.js';
import { FIRST_CATALOG, MAIN, type SqlName, type TableNames } from './table-names.js';

/** A table that a question may name. */
export interface SessionTable {
  name: SqlName;
  /** What `tables()` lists. */
  shown: SqlTable;
  described: DescribedTable | CheckpointError;
  /** The view in DuckDB, once somebody has asked for it. */
  view?: Promise<void>;
}

/** The names of a table in the forms in which a question may give it. */
export function namesFor({ catalog, schema, table }: SqlName): string[] {
  const names = [[catalog, schema, table]];
  if (catalog === FIRST_CATALOG) names.push([schema, table]);
  if (schema === MAIN) names.push(catalog === FIRST_CATALOG ? [table] : [catalog, table]);
  return names.map((parts) => parts.join('\0').toLowerCase());
}

/** Describes the tables of all places, or tells what is wrong with them. `folder`: where rows are put that must be. */
export async function describeAll(places: readonly TablePlace[], folder: string): Promise<SessionTable['described'][]> {
  const first = places
    .filter(({ kind, file }) => kind === 'checkpoint' && file.endsWith('.parquet') && !isBucketUrl(file))
    .map(({ file }) => file);
  const known = new Map<string, ParquetFacts>();
  for await (const [path, facts] of describeEach(first)) if (facts !== undefined) known.set(path, facts);
  const numbered = places.map((place, index) => ({ place, aside: join(folder, `${index}.parquet`) }));
  return inParallel(numbered, async ({ place, aside }) => {
    try {
      return await describeTable(place, known.get(place.file), aside);
    } catch (error) {
      if (isCheckpointError(error)) return error;
      throw error;
    }
  });
}

export async function closeAll(described: readonly SessionTable['described'][]): Promise<void> {
  for (const each of described) if (!(each instanceof CheckpointError)) await each.close?.();
}

/** The table of a place, with its name. */
export function tableOf(place: TablePlace, described: SessionTable['described'], names: TableNames): SessionTable {
  const { step, operation, kind, file } = place;
  const name = names.of(place);
  const isBroken = described instanceof CheckpointError;
  const shown: SqlTable = {
    name: names.text(name),
    path: names.path(name),
    step,
    operation,
    kind,
    file: isBroken ? file : described.file,
    rows: isBroken ? null : described.rows,
    columns: isBroken ? undefined : described.columns,
    problem: isBroken ? { code: described.code, message: described.message } : null,
  };
  return { name, shown, described };
}
