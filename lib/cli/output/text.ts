import stringWidth from 'string-width';

/**
 * What a terminal would obey instead of showing: control characters, escape sequences among them, and marks that turn the direction of
 * text.
 */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text with control characters as escapes: names and values come from files, and must not drive the terminal. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** How many columns of a terminal a text takes: two for an ideograph or an emoji. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter();

/** The text cut to a width, with an ellipsis where something is missing. Never inside of a character that is shown as one. */
export function fit(text: string, width: number): string {
  // A column is at least a code unit in 4: so long texts are not measured as a whole.
  const head = text.length > 16 * width ? text.slice(0, 16 * width) : text;
  if (head === text && widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(head)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return kept + ELLIPSIS;
}
