import type { SuiteResult } from './run-suite.ts';

/** At most this many kinds of difference are shown of each contestant; the record has all. */
const SHOWN = 6;

/** One line a contestant: whether load(save(rows)) gave the rows back, else what changed. */
export function verificationText(verified: SuiteResult['verified']): string {
  const lines = Object.entries(verified).map(([name, outcome]) => {
    if ('error' in outcome) return `  ${name}: failed: ${outcome.error}`;
    if (outcome.equal) return `  ${name}: the same rows`;
    const kinds = Object.entries(outcome.kinds).map(([kind, count]) => `${kind} (${count})`);
    const more = kinds.length > SHOWN ? `, and ${kinds.length - SHOWN} more kinds` : '';
    return `  ${name}: CHANGED ${kinds.slice(0, SHOWN).join(', ')}${more}`;
  });
  return `load(save(rows)) against the rows (deepStrictEqual and JSON.stringify)\n${lines.join('\n')}`;
}
