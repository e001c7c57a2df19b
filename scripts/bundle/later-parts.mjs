// esbuild makes a chunk for each set of entries that share files, and what is imported when it is first needed is an entry, too. So each
// such part more would cut the chunk of the import into several, and their number is most of what an import costs.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LATER = /\bimport\('(\.[^']+)'\)/g;

/** The files of lib that are imported when they are first needed. */
function laterFiles(root) {
  const lib = join(root, 'lib');
  const files = readdirSync(lib, { recursive: true }).filter((name) => name.endsWith('.ts') && !/^(?:cli|sql|kura)[\\/]/.test(name));
  const found = new Set();
  for (const file of files) {
    for (const [, specifier] of readFileSync(join(lib, file), 'utf8').matchAll(LATER))
      found.add(join(lib, dirname(file), specifier).replace(/\.js$/, '.ts'));
  }
  return found;
}

/** Lets each of these parts have all that the import of the package has: that is one chunk then, however many parts there are. */
export function laterParts(root) {
  const later = laterFiles(root);
  return {
    name: 'later parts',
    setup(build) {
      build.onLoad({ filter: /[\\/]lib[\\/].*\.ts$/ }, ({ path }) => {
        if (!later.has(path)) return undefined;
        const contents = readFileSync(path, 'utf8');
        return { contents: `${contents}\nexport * from '${join(root, 'index.ts').replaceAll('\\', '/')}';\n`, loader: 'ts' };
      });
    },
  };
}
