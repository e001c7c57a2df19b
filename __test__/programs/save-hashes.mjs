// Saves operations of its own with their hashes: save-hashes.mjs <directory> <index> <count>.
import { CheckpointManager } from 'arrow-ckpt';

const [directory, index, count] = process.argv.slice(2);
const manager = new CheckpointManager(directory, { logger: { info() {}, warn: (text) => console.error(text) } });

for (let operation = 0; operation < Number(count); operation++) {
  const name = `op-${index}-${operation}`;
  await manager.saveCheckpoint(`step${index % 3}`, name, [{ name }], { hash: `hash-${name}` });
}
