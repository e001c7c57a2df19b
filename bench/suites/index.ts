import { embeddings, embeddings32 } from './embeddings.ts';
import { flat } from './flat.ts';
import { LLM_SUITES } from './llm.ts';
import { missing, mixed, shapes } from './irregular.ts';
import { nested } from './nested.ts';
import type { Suite } from './suite.ts';
import { text } from './text.ts';
import { scripts, unicode } from './unicode.ts';
import { wide } from './wide.ts';

export const SUITES: readonly Suite[] = [
  flat,
  nested,
  wide,
  text,
  unicode,
  scripts,
  embeddings,
  embeddings32,
  mixed,
  shapes,
  missing,
  ...LLM_SUITES,
];

/** What `npm run bench` runs when `--suite` is not given: the suites that the goals are about. */
export const DEFAULT_SUITES: readonly string[] = ['flat', 'nested'];

/** The suite of this name; throws for a name that is none. */
export function suiteNamed(name: string): Suite {
  const suite = SUITES.find((candidate) => candidate.name === name);
  if (suite === undefined) throw new Error(`unknown suite '${name}'; use one of ${SUITES.map((s) => s.name).join(', ')}`);
  return suite;
}
