// The library and the command line are bundled apart, or their common code would fall into dozens of small chunks. The command line imports
// what it needs of the library from dist/core.js and dist/core-later.js: entries that are written here, and no exports of the package.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

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
        if (other !== target) throw new Error(`lib/cli imports ${name} from ${other} and from ${target}: the command line can have one`);
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

/** The files that the import of the package loads, and not a call of it later. */
export async function importedFiles(root) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['index.ts'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: ['#embedded', '@duckdb/node-api', 'zod'],
    write: false,
    metafile: true,
  });
  const found = new Set(['index.ts']);
  for (const file of found) {
    for (const { path, kind, external } of metafile.inputs[file].imports)
      if (kind === 'import-statement' && external !== true) found.add(path);
  }
  return found;
}

/**
 * The entries `core` and `core-later`: all that index.ts exports, so that they share its chunk, and what the command line needs of the
 * library. `core-later` has what the import of the package does not load: it is for commands, and not for the help.
 */
export function coreEntries(root, imported) {
  return {
    name: 'core entries',
    setup(build) {
      build.onResolve({ filter: /^core(?:-later)?$/ }, ({ path }) => ({ path, namespace: 'core' }));
      build.onLoad({ filter: /./, namespace: 'core' }, ({ path }) => {
        const names = [...namesForCli(root)].filter(([, file]) => (path === 'core') === imported.has(file));
        const lines = names.map(([name, file]) => `export { ${name} } from './${file}';`);
        return { contents: ["export * from './index.ts';", ...lines].join('\n'), loader: 'ts', resolveDir: root };
      });
    },
  };
}

/** Imports of the layers below, in the bundle of the command line. */
export function coreForCli(root, imported) {
  const cli = `${posix(join(root, 'lib/cli'))}/`;
  return {
    name: 'core for the command line',
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ importer, path, resolveDir }) => {
        const target = posix(join(resolveDir, path));
        if (!posix(importer).startsWith(cli) || target.startsWith(cli)) return undefined;
        const file = posix(relative(root, target)).replace(/\.js$/, '.ts');
        return { path: imported.has(file) ? './core.js' : './core-later.js', external: true };
      });
    },
  };
}
