// npm run check:lockfile: package-lock.json has an entry for every optional dependency of every package; `npm ci` refuses it otherwise.
// npm leaves out the packages of other platforms that the registry in use does not have. With --fix they are added: version from the
// package that asks for it, platform from its name, no integrity (npm takes it from the registry when it installs one).
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PATH = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const SYSTEMS = new Set(['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']);
const CPUS = new Set(['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']);
const LIBC = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

/** The platform fields of a binary's package by the parts of its name: `@oxlint/binding-linux-x64-gnu`. */
function platformOf(name) {
  const parts = name.split(/[-/]/);
  const os = parts.find((part) => SYSTEMS.has(part));
  const cpu = parts.find((part) => CPUS.has(part));
  if (os === undefined && cpu === undefined) throw new Error(`${name} is missing from package-lock.json, and its name tells no platform`);
  const libc = os === 'linux' ? LIBC[parts.at(-1)] : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) };
}

/** Where the package at `from` finds `name`: beside it or above it. */
function find(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (place in packages) return place;
    if (folder === '') return undefined;
  }
}

const lock = JSON.parse(readFileSync(PATH, 'utf8'));
const missing = [];
for (const [from, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (find(lock.packages, from, name) !== undefined) continue;
    missing.push(name);
    lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev && { dev }), optional: true };
  }
}

if (missing.length > 0 && process.argv.includes('--fix')) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(PATH, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${missing.length} entries are added to package-lock.json`);
} else if (missing.length > 0) {
  console.error(
    `package-lock.json lacks ${missing.length} packages of other platforms, ${missing[0]} among them: npm run check:lockfile -- --fix`,
  );
  process.exitCode = 1;
} else {
  console.log('package-lock.json is complete');
}
