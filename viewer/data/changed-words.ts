import { diffWordsWithSpace } from 'diff';

/** A stretch of two texts: in both, or in one of them. */
export interface Stretch {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** Texts that differ in more take too long: then all of them is marked. */
const TIMEOUT_MS = 150;
/** What is equal is shown around changes. */
const AROUND = 160;

/** Two texts as stretches of words. Of long stretches that are equal only the ends are shown. */
export function changedWords(from: string, to: string): Stretch[] {
  const parts = diffWordsWithSpace(from, to, { timeout: TIMEOUT_MS });
  if (parts === undefined)
    return [
      { kind: 'removed', text: from },
      { kind: 'added', text: to },
    ];
  return parts.map(({ added, removed, value }, index) => {
    if (added) return { kind: 'added', text: value };
    return removed ? { kind: 'removed', text: value } : { kind: 'same', text: folded(value, index > 0, index < parts.length - 1) };
  });
}

function folded(text: string, isBehind: boolean, isBefore: boolean): string {
  const head = isBehind ? AROUND : 0;
  const tail = isBefore ? AROUND : 0;
  if (text.length <= head + tail + 40) return text;
  return `${text.slice(0, head)} … ${tail === 0 ? '' : text.slice(-tail)}`;
}
