import { invalid, show } from '../base/messages.js';

/** Node's timers know no longer time. */
export const MAX_MS = 2 ** 31 - 1;

/** @throws `ERR_CKPT_INVALID_OPTION` for anything but an integer of this range */
export function whole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw invalid(`${name} must be an integer from ${least} to ${most}, got ${show(value)}`);
}

/** @throws `ERR_CKPT_INVALID_OPTION` for anything but milliseconds from `least` on that a timer knows */
export function ms(name: string, value: unknown, least = 0): void {
  if (typeof value !== 'number' || !(value >= least && value <= MAX_MS))
    throw invalid(`${name} must be milliseconds from ${least} to ${MAX_MS}, got ${show(value)}`);
}

/** @throws `ERR_CKPT_INVALID_OPTION` for what is no number of rows at a time */
export function checkConcurrency(name: string, concurrency: number): void {
  whole(name, concurrency, 1, 100_000);
}
