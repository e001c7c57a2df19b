import { CheckpointError } from '../errors.js';
import { isOfThisProcess, type Holder } from './holder.js';

/** Of what a lock is, and how long a call waited for it. */
interface Wanted {
  /** @default 'it' */
  what?: string;
  waitMs?: number;
}

/** The error of a lock that another has. `age`: how long ago it showed that it lives, in ms. */
export function locked(
  path: string,
  holder: Holder | undefined,
  age: number | undefined,
  { what = 'it', waitMs }: Wanted,
): CheckpointError {
  const waited = waitMs === 0 ? '' : '; waited in vain';
  const message = `${what} is in use by ${whoIs(holder)}${agesOf(holder, age)} (lock ${path})${waited}. ${adviceFor(holder)}`;
  return new CheckpointError('ERR_CKPT_LOCKED', message, { path });
}

/** The error of a wait that would never end. */
export function circle(path: string, { what = 'it' }: Wanted): CheckpointError {
  const message = `${what} is in use by a call that waits for this one, which would wait for ever (lock ${path}). Call it outside of the function that computes it`;
  return new CheckpointError('ERR_CKPT_LOCKED', message, { path });
}

function whoIs(holder: Holder | undefined): string {
  if (holder === undefined) return 'another process';
  if (isOfThisProcess(holder)) return holder.stream ? 'a stream of this process' : 'another call of this process';
  return `process ${holder.pid} on ${holder.host.split(' ', 1)[0]}`;
}

function agesOf(holder: Holder | undefined, age: number | undefined): string {
  const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1000))} s`;
  const parts = [
    holder !== undefined && holder.since > 0 ? `held for ${seconds(Date.now() - holder.since)}` : '',
    age === undefined ? '' : `last sign of life ${seconds(age)} ago`,
  ];
  const told = parts.filter((part) => part !== '').join(', ');
  return told === '' ? '' : `, ${told}`;
}

function adviceFor(holder: Holder | undefined): string {
  if (holder !== undefined && isOfThisProcess(holder) && holder.stream)
    return 'Read the stream to its end, or leave its loop: that returns it';
  return 'Wait for it, or end that process; delete the lock only if there is no such process';
}
