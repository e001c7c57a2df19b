/** Figures by name. */
export type Figures = Record<string, number>;

/** A share of the stored figure. */
const TOLERANCE = 0.02;

/** What is more than the tolerance away from its stored figure, better or worse, or is not stored: a line for each. */
export function differences(stored: Figures, now: Figures): string[] {
  return Object.entries(now).flatMap(([name, value]) => {
    const before = stored[name];
    if (before === undefined) return [`${name}: not stored; npm run check:snapshot -- --update stores it`];
    const change = value / before - 1;
    if (Math.abs(value - before) <= before * TOLERANCE) return [];
    const verdict = change > 0 ? 'worse' : 'better';
    return [`${name}: ${(Math.abs(change) * 100).toFixed(1)}% ${verdict}; if that is meant, npm run check:snapshot -- --update stores it`];
  });
}
