// Imports the module whose address is given, and prints the addresses of all modules that this loads, those of Node left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { join } from 'node:path';

const [entry, folder] = process.argv.slice(2);
const log = join(folder, 'modules.txt');
writeFileSync(log, '');
const hook = `import { appendFileSync } from 'node:fs';
export function load(url, context, next) {
  if (!url.startsWith('node:')) appendFileSync(${JSON.stringify(log)}, url + '\\n');
  return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { cache } = createRequire(import.meta.url);
await import(entry);

const modules = readFileSync(log, 'utf8').split('\n').filter(Boolean);
console.log(JSON.stringify({ modules: [...new Set([...modules, ...Object.keys(cache)])] }));
process.exit();
