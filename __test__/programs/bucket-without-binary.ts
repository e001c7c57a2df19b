// Ends a map on a bucket that another process has begun, and looks at what is there.
import { CheckpointManager } from 'arrow-ckpt';
import { articles, MAP, Model } from '../support/map-rows.ts';

const [directory = '', count = ''] = process.argv.slice(2);
const manager = new CheckpointManager(directory, { logger: false });
const rows = articles(Number(count));
const model = new Model();
const partial = await manager.loadPartialResults('s', 'op', { hash: 'h' });
const { resumed, calls } = await manager.map('s', 'op', rows, model.summarise, MAP);
const loaded = await manager.loadCheckpoint('s', 'op', { hash: 'h' });
const listed = (await manager.listCheckpoints()).map(({ operation, format }) => `${operation}:${format}`);
const swept = (await manager.sweep({})).removed.length;
process.stdout.write(JSON.stringify({ partial: partial?.inputRows, resumed, calls, loaded: loaded?.length, listed, swept }));
