// npm run check:audit: fails where a package needed at run time has a known vulnerability. A registry that cannot be asked (offline, or a mirror without advisories) is said and passed:
// the workflow's own job runs `npm audit` itself and is strict about that too.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
const report = parsed(run.stdout);

if (report?.metadata?.vulnerabilities === undefined) {
  const why = report?.message ?? report?.error?.summary ?? run.error?.message ?? run.stderr.trim();
  console.log(`npm audit could not ask the registry, left to the workflow: ${why}`);
} else if (report.metadata.vulnerabilities.total > 0) {
  for (const { name, severity, range } of Object.values(report.vulnerabilities)) console.error(`${name} ${range}: ${severity}`);
  process.exitCode = 1;
} else console.log('no known vulnerability in the packages needed at run time');

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
