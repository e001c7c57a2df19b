import { nodeFs, nodeWorkerThreads } from '../node-modules.js';
import { thisSpace } from './process-space.js';

/** Who holds a lock, as its file says. */
export interface Holder {
  pid: number;
  /** The machine, and where it has them the space of process numbers, in which `pid` means something. */
  host: string;
  /** When the process started, in the system's own words; empty where it does not tell. A number of a process is used again one day. */
  started: string;
  /** Of this one holding; no other has it. */
  token: string;
  /** The start of the machine's kernel; empty where it does not tell. Not said by 0.1. */
  boot: string;
  /** The thread of the process. */
  thread: number;
  /** Milliseconds since 1970. 0: not said. */
  since: number;
  /** The kernel locks the file as long as the holder lives. */
  kernel: boolean;
  /** It is held for moments only: a sweep that removes a file. */
  brief: boolean;
  /** A stream holds it, whose reader may take its time. */
  stream: boolean;
}

/** This thread as a holder. */
export function thisHolder(token: string, { brief = false, stream = false }: { brief?: boolean; stream?: boolean } = {}): Holder {
  const { boot } = thisSpace();
  const { threadId } = nodeWorkerThreads();
  const started = startOf(process.pid) ?? '';
  return { pid: process.pid, host: thisHost(), started, token, boot, thread: threadId, since: Date.now(), kernel: false, brief, stream };
}

/** The holder that a lock's text names; undefined for any other text, such as one that is only half written. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, started, token, boot = '', thread = -1, since = 0, kernel, brief, stream } = JSON.parse(text) as Holder;
    const isOne = Number.isInteger(pid) && [host, started, token, boot].every((part) => typeof part === 'string');
    if (!isOne) return undefined;
    return {
      pid,
      host,
      started,
      token,
      boot,
      thread,
      since: Number(since),
      kernel: kernel === true,
      brief: brief === true,
      stream: stream === true,
    };
  } catch {
    return undefined;
  }
}

/** Whether the holder's process has ended; undefined for one of another machine or container, which cannot be seen from here. */
export function hasEnded({ pid, host, started, boot }: Holder): boolean | undefined {
  if (host !== thisHost()) return undefined;
  // Another machine of the same name, or this one before it was started anew.
  if (boot !== '' && boot !== thisSpace().boot) return undefined;
  if (!isAlive(pid)) return true;
  const start = startOf(pid);
  return start !== undefined && started !== '' && start !== started;
}

/** Whether the holder is under the kernel of this process, which knows all locks of files then. */
export function isOfThisKernel({ boot, host }: Holder): boolean {
  return boot === '' ? host === thisHost() : boot === thisSpace().boot;
}

/** Whether the holder is in this process. */
export function isOfThisProcess(holder: Holder): boolean {
  return holder.pid === process.pid && hasEnded(holder) === false;
}

/** Whether there is a process of this number on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is one, another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function thisHost(): string {
  const { machine, pids } = thisSpace();
  return `${machine} ${pids}`.trim();
}

/** Clock ticks since the machine's start: field 22 of `/proc/<pid>/stat`, counted behind the name, which may hold spaces. Linux only. */
function startOf(pid: number): string | undefined {
  try {
    const stat = nodeFs().readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
