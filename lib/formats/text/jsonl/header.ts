import { isPlainObject } from '../../../base/rows.js';
import { headerText, checkHeader } from '../json/envelope.js';
import type { EnvelopeHeader, RowsForm } from '../json/form.js';
import { skipByteOrderMark } from '../json/head.js';
import type { FileWindow } from '../json/window.js';
import { brokenLine } from './damage.js';
import { nextLine } from './lines.js';

/** The key that makes the first line a header. */
export const LINES_KEY = 'arrow-ckpt-lines';

/** How a header begins, and a row that must not be taken for one. */
const BEGIN = `{${JSON.stringify(LINES_KEY)}:`;

/** A row a line. With a header, that is the first line: `{"arrow-ckpt-lines":{"version":1,...}}`. */
export const linesForm: RowsForm = {
  first: '',
  next: '\n',
  bare: '',
  head: (header) => `${BEGIN}${headerText(header)}}\n`,
  end: (_, rows) => (rows === 0 ? '' : '\n'),
  isLikeHeader,
};

/** Whether a line is taken for a header. */
export function isLikeHeader(line: string): boolean {
  return line.startsWith(BEGIN);
}

/** Reads the header with the end of its line; null where the first line is none, which is not passed. */
export async function readHeader(window: FileWindow): Promise<EnvelopeHeader | null> {
  await skipByteOrderMark(window);
  while (window.end - window.start < BEGIN.length && (await window.more()));
  // Behind `end` there may be bytes of another file.
  const end = Math.min(window.end, window.start + BEGIN.length);
  if (!isLikeHeader(window.bytes.toString('latin1', window.start, end))) return null;
  const line = await nextLine(window);
  const { bytes, path } = window;
  let header: unknown;
  try {
    header = (JSON.parse(bytes.toString('utf8', line.from, line.to)) as Record<string, unknown>)[LINES_KEY];
  } catch (cause) {
    throw brokenLine(window, line, { line: 1 }, cause);
  }
  return checkHeader(isPlainObject(header) ? header : {}, path);
}
