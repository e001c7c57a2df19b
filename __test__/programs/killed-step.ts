// The step of the examples, in a process that is killed once: after some calls, by the first that makes the file KILLED.
import { openSync } from 'node:fs';
import type { MapContext, Row } from 'arrow-ckpt';
import summarise, { options as given } from '../../examples/work/step.ts';

export const options = { ...given, batchSize: 5, flushEvery: 0 };
let calls = 0;

export default async function killed(row: Row, context: MapContext): Promise<Row> {
  if (++calls === 12) {
    try {
      openSync(process.env['KILLED']!, 'wx');
      process.kill(process.pid, 'SIGKILL');
    } catch {
      // It was done.
    }
  }
  return summarise(row, context);
}
