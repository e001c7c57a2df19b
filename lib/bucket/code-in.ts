import type { AnswerHeaders } from './exchange.js';
import { textIn } from './xml.js';

/** The code that a store gives for a failure: S3 and Azure in XML, Azure in a header too, Google in JSON. Empty where there is none. */
export function codeIn(text: string, headers: AnswerHeaders): string {
  return shown(headers.get('x-ms-error-code')) || shown(textIn(text, 'Code')) || googleCode(text);
}

function googleCode(text: string): string {
  // Its own word for that is `invalid`, as for much else.
  if (/(?:md5|crc32c).*match/i.test(text)) return 'Md5Mismatch';
  if (/specified bucket does not exist/i.test(text)) return 'NoSuchBucket';
  try {
    const { error } = JSON.parse(text) as { error?: { errors?: { reason?: unknown }[]; status?: unknown } };
    return shown(error?.errors?.[0]?.reason) || shown(error?.status);
  } catch {
    return '';
  }
}

/** A code is a word: anything longer may hold what nobody may see. */
function shown(code: unknown): string {
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : '';
}
