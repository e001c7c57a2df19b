// npm run check:deps: every crate and every npm package that the package needs at run time or has inside has a licence of deny.toml and
// comes from the public registry, and no crate is one that deny.toml bans. It needs no network. Known vulnerabilities are for `cargo deny
// check` and `npm audit`, which do: CI runs both.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundledPackages } from './bundle/bundled-packages.mjs';

const ROOT = new URL('..', import.meta.url);
const deny = readFileSync(new URL('deny.toml', ROOT), 'utf8');
const section = (name) => new RegExp(`^\\[${name}\\]$([^]*?)(?=^\\[|(?![^]))`, 'm').exec(deny)?.[1] ?? '';
const allowList = /^allow = \[([^\]]*)\]/m.exec(section('licenses'))?.[1] ?? '';
const allowed = new Set([...allowList.matchAll(/"([^"]+)"/g)].map(([, name]) => name));
const banned = new Set([...section('bans').matchAll(/crate = "([^"]+)"/g)].map(([, name]) => name));
const REGISTRY = 'registry+https://github.com/rust-lang/crates.io-index';

/** Whether an SPDX expression can be met by the licences that are allowed. `/` is the old form of OR. */
function isAllowed(expression) {
  const tokens = expression.replaceAll('/', ' OR ').match(/\(|\)|[^\s()]+(?: WITH [^\s()]+)?/g) ?? [];
  let next = 0;
  const one = () => {
    if (tokens[next] !== '(') return allowed.has(tokens[next++]);
    next++;
    const inside = any();
    next++;
    return inside;
  };
  const all = () => {
    let met = one();
    while (tokens[next] === 'AND') {
      next++;
      met = one() && met;
    }
    return met;
  };
  function any() {
    let met = all();
    while (tokens[next] === 'OR') {
      next++;
      met = all() || met;
    }
    return met;
  }
  return tokens.length > 0 && any() && next === tokens.length;
}

const wrong = [];
let crates = 0;
let packages = 0;

const cargo = spawnSync('cargo', ['metadata', '--format-version', '1', '--locked'], {
  cwd: fileURLToPath(ROOT),
  encoding: 'utf8',
  maxBuffer: 1 << 28,
});
if (cargo.status === 0) {
  for (const { name, version, license, source } of JSON.parse(cargo.stdout).packages) {
    if (source === null) continue;
    crates++;
    if (source !== REGISTRY) wrong.push(`crate ${name} ${version} comes from ${source}`);
    if (license === null || !isAllowed(license)) wrong.push(`crate ${name} ${version} has the licence ${license}`);
    if (banned.has(name)) wrong.push(`crate ${name} is banned`);
  }
} else console.log(`the crates are left out: ${cargo.error?.message ?? cargo.stderr}`);

const bundled = new Set(bundledPackages(fileURLToPath(ROOT)));
const lock = JSON.parse(readFileSync(new URL('package-lock.json', ROOT), 'utf8'));
for (const [path, { dev, license, resolved, version }] of Object.entries(lock.packages)) {
  if (path === '' || (dev === true && !bundled.has(path))) continue;
  packages++;
  if (license === undefined || !isAllowed(license)) wrong.push(`${path} ${version} has the licence ${license}`);
  if (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'))
    wrong.push(`${path} comes from another place than npm`);
}

for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exitCode = 1;
else console.log(`${crates} crates and ${packages} npm packages have licences that are allowed, and come from the public registries`);
