import type { Entry } from '../../lib/cli/view/wire.js';

/**
 * Which bars of the chart get a name: the first ones of steps, then others as far as there is room, so that no stretch of it is without.
 * `most`: how many names have room side by side.
 */
export function namedBars(entries: readonly Pick<Entry, 'step'>[], most: number): number[] {
  const gap = Math.max(1, Math.ceil(entries.length / Math.max(1, most)));
  const named: number[] = [];
  const add = (index: number): void => {
    if (named.every((other) => Math.abs(other - index) >= gap)) named.push(index);
  };
  for (const [index, { step }] of entries.entries()) if (index === 0 || step !== entries[index - 1]?.step) add(index);
  for (const index of entries.keys()) add(index);
  return named.sort((a, b) => a - b);
}
