import { ATTACHMENT_HEAD } from './attachment.js';
import { damaged, notACheckpoint, truncated } from './damage.js';
import { checkHeader, ENVELOPE_KEY } from './envelope.js';
import type { EnvelopeHeader } from './form.js';
import { firstError } from './first-error.js';
import { GOES_ON, ObjectScan } from './object-scan.js';
import type { FileWindow } from './window.js';

/** Reads up to and with the bracket of the rows: null for a bare array, else what the envelope says. */
export async function readHead(window: FileWindow): Promise<EnvelopeHeader | null> {
  await skipByteOrderMark(window);
  const first = await window.peek();
  if (first === -1) throw truncated(window);
  if (await take(window, '[')) return null;
  if (!(await take(window, '{')) || !(await take(window, JSON.stringify(ENVELOPE_KEY)))) throw notACheckpoint(window);
  await need(window, ':');
  const header = checkHeader(await object(window), window.path);
  for (const token of [',', '"rows"', ':', '[']) await need(window, token);
  return header;
}

/** Reads what stands behind the rows: the end of an envelope, and of the file. */
export async function readTail(window: FileWindow, isEnvelope: boolean): Promise<void> {
  if (isEnvelope && (await window.peek()) === COMMA) {
    await need(window, ATTACHMENT_HEAD);
    await skipToQuote(window);
  }
  if (isEnvelope) await need(window, '}');
  if ((await window.peek()) !== -1) throw damaged(window, window.start, 'the end of the file');
}

const COMMA = 0x2c;
const QUOTE = 0x22;

async function skipToQuote(window: FileWindow): Promise<void> {
  for (;;) {
    const at = window.bytes.subarray(0, window.end).indexOf(QUOTE, window.start);
    window.start = at < 0 ? window.end : at + 1;
    if (at >= 0) return;
    if (!(await window.more())) throw truncated(window);
  }
}

/** Passes a byte order mark at the beginning of the file. */
export async function skipByteOrderMark(window: FileWindow): Promise<void> {
  while (window.end < 3 && (await window.more()));
  const { bytes } = window;
  if (window.end >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) window.start = 3;
}

/** Whether the token is next, white space aside; then it is passed. */
async function take(window: FileWindow, token: string): Promise<boolean> {
  if ((await window.peek()) === -1) throw truncated(window);
  for (let index = 0; index < token.length; index++) {
    while (window.start + index >= window.end) if (!(await window.more())) throw truncated(window);
    if (window.bytes[window.start + index] !== token.charCodeAt(index)) return false;
  }
  window.start += token.length;
  return true;
}

async function need(window: FileWindow, token: string): Promise<void> {
  if (!(await take(window, token))) throw damaged(window, window.start, `'${token}'`);
}

async function object(window: FileWindow): Promise<unknown> {
  if ((await window.peek()) === -1) throw truncated(window);
  if (window.bytes[window.start] !== 0x7b) throw damaged(window, window.start, "'{'");
  const scan = new ObjectScan();
  let scanned = 0;
  for (;;) {
    const { bytes, start, end } = window;
    const stop = scan.scan(bytes, start + scanned, end);
    scanned = end - start;
    if (stop === GOES_ON && (await window.more())) continue;
    // Not the variables from above: looking for more moves the window.
    const part = window.bytes.subarray(window.start, stop > 0 ? stop : window.end);
    try {
      if (stop <= 0) throw new SyntaxError('no end');
      const value: unknown = JSON.parse(part.toString());
      window.start = stop;
      return value;
    } catch (cause) {
      const error = firstError(part);
      if (stop === GOES_ON && (error === undefined || error.at === part.length)) throw truncated(window);
      throw damaged(window, window.start + (error?.at ?? 0), error?.expected ?? 'a header', undefined, cause);
    }
  }
}
