// Migrates a directory, and removes the JSON files: migrate.mjs <directory>.
import { migrateDirectory } from 'arrow-ckpt';

for await (const { status, error } of migrateDirectory(process.argv[2], { keepJson: false })) {
  if (status === 'failed') throw error;
}
