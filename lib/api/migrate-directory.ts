import type { MigrationOptions, MigrationOutcome } from '../directory/migration.js';

/**
 * Makes Parquet of every JSON checkpoint and batch in a directory of DocETL's layout. Each file is written beside its JSON, read back and
 * compared row by row before it gets its name; then, with `keepJson: false`, the JSON goes. What an earlier run has done is not done again.
 * A file that fails is reported, and the rest goes on.
 */
export async function* migrateDirectory(directory: string, given?: MigrationOptions): AsyncGenerator<MigrationOutcome, void, undefined> {
  const { migrateFiles } = await import('../directory/migration.js');
  yield* migrateFiles(directory, given);
}
