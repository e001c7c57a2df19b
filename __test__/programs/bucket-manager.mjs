// A manager on a bucket in a process of its own: `bucket-manager.mjs URL ENDPOINT`. Prints what it found as JSON.
import { CheckpointManager } from 'arrow-ckpt';

const [, , url, endpoint] = process.argv;
const bucket = { endpoint, credentials: { accessKeyId: 'STUB', secretAccessKey: 'canary-secret' } };
const manager = new CheckpointManager(url, { bucket, logger: false });
const rows = await manager.loadCheckpoint('s', 'o', { hash: 'h', columns: ['id'] });
const path = await manager.saveCheckpoint('s', 'p', [{ a: 1 }], { hash: 'h' });
const listed = (await manager.listCheckpoints()).map(({ operation, format, rows, hash }) => [operation, format, rows, hash]);
const partial = await manager.loadPartialResults('s', 'p');
console.log(JSON.stringify({ enableArrow: manager.enableArrow, rows, path, listed, partial: partial?.rows }));
