import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a lock, as its file says. */
export interface Holder {
  pid: number;
  /** The machine, and where it has them the space of process numbers, in which `pid` means something. */
  host: string;
  /** When the process started, in the system's own words; empty where it does not tell. A number of a process is used again one day. */
  started: string;
  /** Of this one holding; no other has it. */
  token: string;
}

/** This process as a holder. */
export function thisHolder(token: string): Holder {
  return { pid: process.pid, host: thisHost(), started: startOf(process.pid) ?? '', token };
}

/** The holder that a lock's text names; undefined for any other text, such as one that is only half written. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, started, token } = JSON.parse(text) as Holder;
    const isOne = Number.isInteger(pid) && [host, started, token].every((part) => typeof part === 'string');
    return isOne ? { pid, host, started, token } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the holder's process has ended; undefined for one of another machine, which cannot be seen from here. */
export function hasEnded({ pid, host, started }: Holder): boolean | undefined {
  if (host !== thisHost()) return undefined;
  if (!isAlive(pid)) return true;
  const start = startOf(pid);
  return start !== undefined && started !== '' && start !== started;
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

let host: string | undefined;

function thisHost(): string {
  return (host ??= `${hostname()} ${link('/proc/self/ns/pid')}`.trim());
}

/** Clock ticks since the machine's start: field 22 of `/proc/<pid>/stat`, counted behind the name, which may hold spaces. Linux only. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
