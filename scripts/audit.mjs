// npm run check:audit: fails where a package whose code is in dist/ has a known vulnerability. A registry that cannot be asked (offline, or
// a mirror without advisories) is said and passed:
// the workflow's own job runs `npm audit` itself and is strict about that too.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundledPackages } from './bundle/bundled-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
const report = parsed(run.stdout);
const bundled = new Set(bundledPackages(root));

if (report?.metadata?.vulnerabilities === undefined) {
  const why = report?.message ?? report?.error?.summary ?? run.error?.message ?? run.stderr.trim();
  console.log(`npm audit could not ask the registry, left to the workflow: ${why}`);
} else {
  const found = Object.values(report.vulnerabilities).filter(({ nodes }) => nodes.some((path) => bundled.has(path)));
  for (const { name, severity, range } of found) console.error(`${name} ${range}: ${severity}`);
  if (found.length > 0) process.exitCode = 1;
  else console.log(`no known vulnerability in the ${bundled.size} packages whose code is in dist/`);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
