import { append, batches } from './many.ts';
import { head, iterate, project, vectors, where } from './parts.ts';
import { small } from './small.ts';
import type { Work } from './work.ts';

export const WORKS: readonly Work[] = [iterate, project, where, head, vectors, append, ...small, batches];

/** The work of this name; throws for a name that is none. */
export function workNamed(name: string): Work {
  const work = WORKS.find((candidate) => candidate.name === name);
  if (work === undefined) throw new Error(`unknown work '${name}'; use one of ${WORKS.map((w) => w.name).join(', ')}`);
  return work;
}
