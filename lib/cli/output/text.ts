import stringWidth from 'string-width';

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
