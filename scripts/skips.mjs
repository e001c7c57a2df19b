// Tests that were left out: which skips are expected, and the list that npm test ends with.
import { readFileSync } from 'node:fs';

/**
 * `reason` is a part of what a skip says. With `when`, it is expected on one of these machines only: a platform of Node, `root`,
 * `not-root`,
 * `no-binary` (no native binary, and no cargo to build one), `no-cargo`.
 */
const EXPECTED = JSON.parse(readFileSync(new URL('./expected-skips.json', import.meta.url), 'utf8'));

/** What this machine is, in the words of `when`. */
export function machineFacts({ cargo, binary }) {
  const facts = [process.platform];
  if (process.getuid !== undefined) facts.push(process.getuid() === 0 ? 'root' : 'not-root');
  if (!cargo) facts.push('no-cargo');
  if (!cargo && !binary) facts.push('no-binary');
  return facts;
}

/** Why a skip is expected on a machine; undefined where it is not. */
export function whyExpected(reason, facts, expected = EXPECTED) {
  return expected.find((entry) => reason.includes(entry.reason) && (entry.when ?? facts).some((fact) => facts.includes(fact)))?.why;
}

/** The lines that tell of skips, one for each reason, and the reasons that nobody expected. */
export function describeSkips(skips, facts, expected = EXPECTED) {
  const byReason = new Map();
  for (const skip of skips) byReason.set(skip.reason, [...(byReason.get(skip.reason) ?? []), skip]);
  const lines = [];
  const unexpected = [];
  for (const [reason, tests] of byReason) {
    const why = whyExpected(reason, facts, expected);
    if (why === undefined) unexpected.push(reason);
    lines.push(`skipped, ${why === undefined ? 'NOT EXPECTED' : 'as expected'}: ${reason}`);
    if (why !== undefined) lines.push(`    (${why})`);
    for (const test of tests) lines.push(`    ${test.in}: ${test.skipped}`);
  }
  return { lines, unexpected };
}
