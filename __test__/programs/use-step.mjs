// Runs a step whose result is known, in the directory that is given; prints its rows.
import { CheckpointManager } from 'arrow-ckpt';

const checkpoints = new CheckpointManager(process.argv[2], { logger: false });
const rows = await checkpoints.step('a', 'x', { hash: '1' }, () => {
  throw new Error('the result is known');
});
console.log(JSON.stringify(rows));
