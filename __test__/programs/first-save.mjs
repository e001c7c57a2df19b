// Saves rows by the package whose entry is given, and prints what was made, why if it is JSON, and which CommonJS modules that took.
import { createRequire } from 'node:module';

const [entry, path] = process.argv.slice(2);
const { writeCheckpoint } = await import(entry);
const { format, fallback } = await writeCheckpoint(path, [{ id: 1 }]);
console.log(JSON.stringify({ format, reason: fallback?.reason, modules: Object.keys(createRequire(import.meta.url).cache) }));
process.exit();
