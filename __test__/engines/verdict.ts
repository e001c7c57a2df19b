import type { Examined } from './examine.ts';

/** What is wrong with a release: differences that nobody knows of, and known ones that are no more. */
export function verdictOf({ engine, which, differences }: Examined): { faults: string[]; known: number } {
  const expected = engine.known.filter((known) => known.in === 'both' || known.in === which);
  const unknown = differences.filter((difference) => !expected.some((known) => known.matches(difference)));
  const gone = expected.filter((known) => !differences.some((difference) => known.matches(difference)));
  return {
    faults: [
      ...unknown.map(({ file, kind, column, detail }) => `${file}: ${kind} ${column}: ${detail}`),
      ...gone.map(({ says }) => `no longer so: ${says}`),
    ],
    known: differences.length - unknown.length,
  };
}
