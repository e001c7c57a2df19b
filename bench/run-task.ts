import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { residentMB, resetHighWater } from './measure/memory.ts';
import type { Answer, Task } from './task.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
/** How often the parent looks at the child's memory where the kernel's high-water mark cannot be reset. */
const POLL_MS = 5;

/**
 * Runs one task in a fresh process: no contestant inherits another's heap, compiled code, pools or page cache of its allocator,
 * and the garbage of one run cannot be collected in the next.
 */
export function runTask(task: Task): Promise<Answer> {
  return new Promise((resolve) => {
    const child = fork(CHILD, [], {
      execArgv: ['--expose-gc', '--max-old-space-size=8192', '--import', import.meta.resolve('tsx')],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errors = '';
    let answer: Answer | undefined;
    let peak = 0;
    let poll: NodeJS.Timeout | undefined;
    child.stderr?.on('data', (text: Buffer) => (errors = (errors + text.toString()).slice(-2000)));
    child.on('message', (message: Answer) => {
      if (message.kind !== 'started') answer = message;
      else if (!resetHighWater()) poll = setInterval(() => (peak = Math.max(peak, residentMB(child.pid ?? 0) ?? 0)), POLL_MS);
    });
    child.on('close', (code, signal) => {
      clearInterval(poll);
      if (answer?.kind === 'sample' && answer.sample.memory?.method === 'poll') {
        answer.sample.memory.peakOverMB = Math.max(0, peak - answer.sample.memory.beforeMB);
      }
      const last =
        errors
          .trim()
          .split('\n')
          .find((line) => line.includes('rror')) ?? errors.trim();
      resolve(answer ?? { kind: 'failed', message: `process ended with ${signal ?? code}: ${last}` });
    });
    child.send(task);
  });
}
