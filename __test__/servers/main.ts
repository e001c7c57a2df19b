// npm run test:servers: the interface of a bucket against servers of other people. `--help` says how.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import type { BucketPlace } from '../../lib/bucket/bucket-of.js';
import type { BucketOptions } from '../../lib/options/bucket-options.js';
import { CHECKS, corruptingFetch } from '../buckets/checks.js';
import { CLAIMS } from '../buckets/claim-kills.js';
import { CACHE, install, withServer } from './running.js';
import { SERVERS, type Server } from './servers.js';
import { serversTable, withTable } from './table.js';

const DOCUMENT = fileURLToPath(new URL('../../docs/buckets.md', import.meta.url));
const HELP = `Usage: npm run test:servers [-- options] [server ...]

Installs servers that speak the protocols of stores, starts each on loopback, tries every promise of a bucket, and stops it. A check that
fails is a failure unless __test__/servers/servers.ts says what the server gets wrong; one that passes against what is said there is one, too.
go, python3 and npm must be there. Servers stay in ${CACHE} (or $ARROW_CKPT_SERVERS).

  --write   write the table of docs/buckets.md; all servers must have run
  --help    this text

Servers: ${SERVERS.map(({ name }) => name).join(', ')}`;

/** What each check gave: undefined where it passed. */
export type Outcome = ReadonlyMap<string, string | undefined>;

async function main(): Promise<void> {
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    options: { write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (flags.help) return console.log(HELP);
  const unknown = positionals.find((name) => !SERVERS.some((server) => server.name === name));
  if (unknown !== undefined) throw new Error(`there is no server ${unknown}: ${HELP}`);
  const chosen = SERVERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const outcomes = new Map<Server, Outcome>();
  let failed = 0;
  for (const server of chosen) {
    const installed = install(server);
    if ('why' in installed) {
      console.log(`${server.name} ${server.version}: not installed: ${installed.why}`);
      failed++;
      continue;
    }
    const { outcome, python } = await examine(server, installed.folder);
    outcomes.set(server, outcome);
    failed += told(server, outcome);
    if (python === undefined) continue;
    console.log(`  FAILED the package for Python: ${python}`);
    failed++;
  }
  const isWhole = outcomes.size === SERVERS.length;
  if (flags.write && !isWhole) throw new Error('--write needs a run of all servers');
  const page = readFileSync(DOCUMENT, 'utf8');
  const table = isWhole ? withTable(page, serversTable(outcomes)) : page;
  if (flags.write) writeFileSync(DOCUMENT, table);
  else if (table !== page) {
    console.log('docs/buckets.md says something else: npm run test:servers -- --write');
    failed++;
  }
  if (failed > 0) process.exitCode = 1;
}

async function examine(server: Server, folder: string): Promise<{ outcome: Outcome; python: string | undefined }> {
  const outcome = new Map<string, string | undefined>();
  let python: string | undefined;
  const started = performance.now();
  await withServer(server, folder, async ({ place, data, reached, environment }) => {
    for (const [index, { name, run }] of CHECKS.entries()) {
      const context = { bucket: place().bucket, corrupting: place({ fetch: corruptingFetch }).bucket, prefix: `c${index}/`, folder: data };
      outcome.set(name, await wrongWith(run(context)));
    }
    python = await pythonOn(server, place(), join(data, 'python'), environment ?? googleEnvironment(server, reached));
    if (environment === undefined) return;
    const at = { url: `${server.protocol}://bucket/claimed`, bucket: reached, env: environment, folder: data };
    outcome.set(CLAIMS.name, await wrongWith(CLAIMS.run(at)));
  });
  console.log(`${server.name} ${server.version}: ${Math.round((performance.now() - started) / 1000)} s`);
  return { outcome, python };
}

/** What is wrong with what the package for Python reads on a server; undefined where nothing is. */
async function pythonOn(
  { protocol }: Server,
  place: BucketPlace,
  folder: string,
  environment: Record<string, string> | undefined,
): Promise<string | undefined> {
  const { installedPython } = (await import(new URL('../../scripts/test-python.mjs', import.meta.url).href)) as {
    installedPython: () => string | null;
  };
  process.env['ARROW_CKPT_PYTHON'] ??= installedPython() ?? '';
  if (environment === undefined || process.env['ARROW_CKPT_PYTHON'] === '') return undefined;
  // It looks for Python when it is loaded.
  const { checkPythonOn } = await import('../support/python-urls.js');
  return checkPythonOn(place, `${protocol}://bucket/python`, folder, environment).then(
    () => undefined,
    // The end of a traceback says what it is.
    (error: Error) => error.message.trimEnd().split('\n').slice(-4).join('\n'),
  );
}

/** Google's own clients are told so of a stand-in. */
function googleEnvironment({ protocol }: Server, { endpoint }: BucketOptions): Record<string, string> | undefined {
  return protocol === 'gs' && endpoint !== undefined ? { STORAGE_EMULATOR_HOST: endpoint } : undefined;
}

/** What a check has failed with. */
async function wrongWith(checked: Promise<void>): Promise<string | undefined> {
  return checked.then(
    () => undefined,
    (error: Error) => error.message.split('\n').slice(0, 8).join(' ').slice(0, 300),
  );
}

/** Prints what is not as it should be, and counts it. */
function told(server: Server, outcome: Outcome): number {
  let count = 0;
  for (const [name, wrong] of outcome) {
    const isRace = server.races?.[name] !== undefined;
    const known = server.races?.[name] ?? server.faults[name];
    if (wrong === undefined && (known === undefined || isRace)) continue;
    if (wrong !== undefined && known !== undefined) console.log(`  known  ${name}: ${known}`);
    else {
      console.log(wrong === undefined ? `  mended ${name}: it is said to fail (${known})` : `  FAILED ${name}: ${wrong}`);
      count++;
    }
  }
  console.log(`  ${outcome.size} checks, ${count} not as they should be`);
  return count;
}

await main();
