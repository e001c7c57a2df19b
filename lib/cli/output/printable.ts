/**
 * What a terminal would obey instead of showing: control characters, escape sequences among them, and marks that turn the direction of
 * text.
 */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text with control characters as escapes: names and values come from files, and must not drive who shows them. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
