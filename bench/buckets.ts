// npm run bench:buckets: saves and loads in a bucket against those in a folder, a bare upload, and rivals: bench/README.md.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { install, withServer } from '../__test__/servers/running.js';
import { SERVERS } from '../__test__/servers/servers.js';
import type { BucketTask } from './buckets/work.ts';
import { installRivals } from './install-rivals.ts';
import type { Sample } from './measure/sample.ts';
import { namedFlags } from './named-flags.ts';
import { writeResult } from './record.ts';
import { median } from './series.ts';
import { formatTable, showMs } from './table.ts';

const HELP = `Usage: npm run bench:buckets [-- options]

Starts versitygw on loopback, which needs go to be installed, and runs each way in a process of its own, in turn.

  --runs <n>  runs of each way (default 5)
  --quick     few rows
  --help      this text`;

/** Rows of a load and a save; rows of a file of 300 MB without compression. */
const ROWS = { small: 1_000_000, large: 2_600_000 };
const QUICK = { small: 50_000, large: 100_000 };
const WAYS = [
  'save local',
  'save bucket',
  'upload alone',
  'save SDK and JSON',
  'save polars',
  'load local',
  'load bucket',
  'load SDK and JSON',
  'load polars',
  'large: two columns, local',
  'large: two columns, bucket',
  'large: two columns, polars',
] as const;
const PREPARE = 'large: prepare';

/** What a process of bench/buckets/work.ts prints. */
type Answer = Sample & { requests: number; received: number };

const flags = namedFlags('way', HELP);
const rows = flags.quick ? QUICK : ROWS;
const runs = Number(flags.runs ?? (flags.quick ? 2 : 5));
const server = SERVERS.find(({ name }) => name === 'versitygw')!;
const installed = install(server);
if ('why' in installed) throw new Error(`versitygw was not installed: ${installed.why}`);
installRivals(new URL('./rivals/', import.meta.url));

const work = fileURLToPath(new URL('./buckets/work.ts', import.meta.url));
const answers = new Map<string, Answer[]>();
await withServer(server, installed.folder, async ({ data: folder, reached }) => {
  const run = (way: string): Answer => {
    const bucket = reached as BucketTask['bucket'];
    const task: BucketTask = { way, rows: way.startsWith('large') ? rows.large : rows.small, folder, bucket };
    const args = ['--expose-gc', '--max-old-space-size=8192', '--import', 'tsx', work, JSON.stringify(task)];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })) as Answer;
  };
  run(PREPARE);
  for (let round = 0; round < runs; round++) {
    for (const way of WAYS) answers.set(way, [...(answers.get(way) ?? []), run(way)]);
  }
});

const of = (way: string, get: (answer: Answer) => number | null | undefined): number | null =>
  median((answers.get(way) ?? []).map((answer) => get(answer)));
const lines = WAYS.map((way) => [
  way,
  showMs(of(way, ({ wallMs }) => wallMs)),
  showMs(of(way, ({ main }) => main?.activeMs)),
  showMs(of(way, ({ loop }) => loop?.p99Ms)),
  (of(way, ({ memory }) => memory?.peakOverMB) ?? 0).toFixed(0),
  String(of(way, ({ requests }) => requests)),
  ((of(way, ({ received }) => received) ?? 0) / 1e6).toFixed(1),
]);
console.log(formatTable(['way', 'wall ms', 'main ms', 'loop p99', 'RSS +MB', 'requests', 'received MB'], lines));
const label = flags.quick ? 'buckets-quick' : 'buckets';
const result = { server: `${server.name} ${server.version}`, rows, runs, ways: Object.fromEntries(answers) };
console.log(`recorded in ${writeResult(label, result)}`);
