// Part of check-package.mjs: the packages of npm/ against the targets of package.json.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const CPUS = { x86_64: 'x64', aarch64: 'arm64' };

/** What a target's package must say: `x86_64-unknown-linux-gnu` is linux-x64-gnu with glibc. */
function expected(target, { version, license, engines, napi }) {
  const [arch, , system, abi] = target.split('-');
  const os = { linux: 'linux', darwin: 'darwin', windows: 'win32' }[system];
  const cpu = CPUS[arch];
  const folder = [os, cpu, abi].filter(Boolean).join('-');
  const binary = `${napi.binaryName}.${folder}.node`;
  const libc = { gnu: ['glibc'], musl: ['musl'] }[os === 'linux' ? abi : ''];
  return {
    folder,
    fields: { name: `${napi.packageName}-${folder}`, version, license, engines, os: [os], cpu: [cpu], libc, main: binary, files: [binary] },
  };
}

/** One line for every way in which npm/ is not what package.json asks for; `npx napi create-npm-dirs` makes it anew. */
export function platformProblems(root, manifest) {
  const targets = manifest.napi.targets.map((target) => expected(target, manifest));
  const problems = readdirSync(join(root, 'npm'))
    .filter((folder) => !targets.some((target) => target.folder === folder))
    .map((folder) => `npm/${folder} is no target of package.json`);
  for (const { folder, fields } of targets) {
    const path = join(root, 'npm', folder, 'package.json');
    if (!existsSync(path)) {
      problems.push(`npm/${folder}/package.json is missing`);
      continue;
    }
    const found = JSON.parse(readFileSync(path, 'utf8'));
    for (const [key, value] of Object.entries(fields)) {
      if (!isDeepStrictEqual(found[key], value)) {
        problems.push(`npm/${folder}/package.json: ${key} is ${JSON.stringify(found[key])}, not ${JSON.stringify(value)}`);
      }
    }
    if (!existsSync(join(root, 'npm', folder, 'README.md'))) problems.push(`npm/${folder}/README.md is missing`);
  }
  return problems;
}
