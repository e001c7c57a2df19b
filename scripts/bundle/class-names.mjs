import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * esbuild writes `var A = class _A` for a class that names itself, so that `A.name` is `_A`, as inspection and messages show it.
 * `keepNames` would mend that with a call for each function that is made, in inner loops too. This gives the class its name back; a map is
 * then a column off on such a line.
 */
export function restoreClassNames(dist) {
  for (const file of readdirSync(dist).filter((name) => name.endsWith('.js'))) {
    const path = join(dist, file);
    const text = readFileSync(path, 'utf8');
    const names = [...text.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, name]) => name);
    if (names.length === 0) continue;
    writeFileSync(path, text.replace(new RegExp(`(?<![\\w$.#'"])_(${names.join('|')})(?![\\w$])`, 'g'), '$1'));
  }
}
