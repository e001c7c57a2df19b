// esbuild makes a chunk for each set of entries that share files, and what is imported when it is first needed is an entry, too. So each
// such part more would cut the chunk of the import into several, and what parts share into crumbs: a file more takes 0.3 ms.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const LATER = /\bimport\('(\.[^']+)'\)/g;
/** What comes first of several parts that share code: the others have all of it then, and it is one chunk. */
const FIRST = [
  { parts: /^lib\/resume\//, first: 'lib/resume/run-map.ts' },
  { parts: /^lib\/bucket\/|\/bucket-[\w-]+\.ts$/, first: 'lib/formats/remote/remote-files.ts' },
];

const posix = (path) => path.replaceAll('\\', '/');

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
        const file = posix(relative(root, path));
        const first = FIRST.filter(({ parts, first }) => parts.test(file) && first !== file).map(({ first }) => first);
        const more = ['index.ts', ...first].map((name) => `export * from '${posix(join(root, name))}';`);
        return { contents: [readFileSync(path, 'utf8'), ...more, ''].join('\n'), loader: 'ts' };
      });
    },
  };
}
