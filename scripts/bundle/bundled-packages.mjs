// The packages whose code is inside dist/: the program's, those of the page of `view`, the decoders of the fallback reader.
// Whoever installs arrow-ckpt does not install them, so package.json has them as devDependencies; their licences go into
// dist/THIRD-PARTY-LICENSES, and check:deps and check:audit look at them as at dependencies.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DIRECT = [
  '@tanstack/virtual-core',
  'cli-progress',
  'cli-table3',
  'commander',
  'csv-parse',
  'csv-stringify',
  'diff',
  'hyparquet',
  'hyparquet-compressors',
  'picocolors',
  'preact',
  'preact-render-to-string',
  'string-width',
  'uplot',
];

/** Where package-lock.json has the bundled packages, and what they depend on: `node_modules/commander`. */
export function bundledPackages(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const found = new Set();
  const add = (name, from) => {
    const path = [`${from}/node_modules/${name}`, `node_modules/${name}`].find((place) => place in packages);
    if (path === undefined) throw new Error(`package-lock.json has no ${name}: npm install`);
    if (found.has(path)) return;
    found.add(path);
    const { dependencies = {}, optionalDependencies = {} } = packages[path];
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) add(each, path);
  };
  for (const name of DIRECT) add(name, '');
  return [...found].sort();
}

/** The packages that esbuild took files from. */
export function packagesIn(metafiles) {
  const files = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs)));
  const paths = files.map((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(paths.filter((path) => path !== undefined))].sort();
}

/** Name, version, licence and the text of the licence, for each package. */
export function licenceText(root, paths) {
  const parts = paths.map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, path)).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? 'The package has no file of its licence.' : readFileSync(join(root, path, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text.replaceAll('\r\n', '\n')}\n`;
  });
  return `dist/ contains code of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
