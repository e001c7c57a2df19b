// The library and the command line are bundled apart, or their common code would fall into dozens of small chunks. The command line imports
// what it needs of the library from dist/core.js: an entry that is written here, and that is no export of the package.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const IMPORT = /^import (?!type\b)\{([^}]*)\} from '(\.[^']+)'/gm;

const posix = (path) => path.replaceAll('\\', '/');

/** What the command line imports from the layers below it: name -> file. */
function namesForCli(root) {
  const cli = join(root, 'lib/cli');
  const names = new Map();
  for (const file of readdirSync(cli, { recursive: true }).filter((name) => name.endsWith('.ts'))) {
    for (const [, list, specifier] of readFileSync(join(cli, file), 'utf8').matchAll(IMPORT)) {
      const target = posix(relative(root, join(cli, dirname(file), specifier))).replace(/\.js$/, '.ts');
      if (target.startsWith('lib/cli/')) continue;
      for (const name of namesOf(list)) {
        const other = names.get(name) ?? target;
        if (other !== target) throw new Error(`lib/cli imports ${name} from ${other} and from ${target}: dist/core.js can export one`);
        names.set(name, target);
      }
    }
  }
  return names;
}

/** The values in the braces of an import, by the names that they are exported by. */
function namesOf(list) {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('type '))
    .map((part) => part.split(' as ')[0]);
}

/** The entry `core`: all that index.ts exports, so that both entries share one chunk, and what the command line needs. */
export function coreEntry(root) {
  return {
    name: 'core entry',
    setup(build) {
      build.onResolve({ filter: /^core$/ }, () => ({ path: 'core', namespace: 'core' }));
      build.onLoad({ filter: /./, namespace: 'core' }, () => {
        const lines = [...namesForCli(root)].map(([name, file]) => `export { ${name} } from './${file}';`);
        return { contents: ["export * from './index.ts';", ...lines].join('\n'), loader: 'ts', resolveDir: root };
      });
    },
  };
}

/** Imports of the layers below, in the bundle of the command line. */
export function coreForCli(root) {
  const cli = `${posix(join(root, 'lib/cli'))}/`;
  return {
    name: 'core for the command line',
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ importer, path, resolveDir }) => {
        if (!posix(importer).startsWith(cli) || posix(join(resolveDir, path)).startsWith(cli)) return undefined;
        return { path: './core.js', external: true };
      });
    },
  };
}
