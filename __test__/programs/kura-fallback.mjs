// What a ParquetCheckpointManager does without the native binary: kura-fallback.mjs <directory>. Prints it as JSON.
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { ParquetCheckpointManager } from 'arrow-ckpt';

const warnings = [];
process.on('warning', (warning) => warnings.push(warning.code));
const [directory] = process.argv.slice(2);
const manager = new ParquetCheckpointManager(directory, { logger: false });
const old = await manager.loadCheckpoint('old');
const kura = await manager.loadCheckpoint('kura');
const rows = [{ a: new Date(5), b: undefined }];
const saved = basename(await manager.saveCheckpoint('new.parquet', rows));
await manager.saveCheckpoint('old', old);
const loaded = await manager.loadCheckpoint('new');
const error = await manager.saveCheckpoint('new', kura, { compat: 'kura' }).catch((failure) => failure);
await new Promise((resolve) => setImmediate(resolve));
const same = loaded[0].a.getTime() === 5 && 'b' in loaded[0];
const list = await manager.listCheckpoints();
console.log(JSON.stringify({ old, kura, saved, replaced: readdirSync(directory).sort(), same, list, code: error.code, warnings }));
