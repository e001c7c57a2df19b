// Two workers of a map on a disk that is too small, then again with room made: map-worker-disk.mjs <folder> <file to remove for room>
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager } from 'arrow-ckpt';
import { answer, areAll, calls, options, rows } from './small-disk.mjs';

const [, , folder, ballast] = process.argv;
const directory = join(folder, 'checkpoints');
const worker = () => new CheckpointManager(directory, { logger: false }).map('s', 'op', rows, answer, { ...options, workers: 'shared' });
const both = () => Promise.allSettled([worker(), worker()]);
const failures = (await both()).map(({ reason }) => reason?.code ?? null);
const first = calls;
rmSync(ballast);
const results = await both();
const areEqual = results.every(({ value }) => areAll(value?.rows));
const left = readdirSync(directory).filter((name) => /^\.(?:workers|lease)/.test(name));
process.stdout.write(JSON.stringify({ failures, first, second: calls - first, areEqual, left }));
