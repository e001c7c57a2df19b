import { nodeCrypto } from '../base/node-modules.js';

/** The first 64 bits of the SHA-256 of a text, as two integers of 32: `high`, `low`. One object for all calls: read it before the next. */
export interface Digest {
  high: number;
  low: number;
}

const { hash } = nodeCrypto();
const RESULT: Digest = { high: 0, low: 0 };

/**
 * The digest of the text of a key or of a row. 64 bits: among ten million keys, two share one with a chance of 1 in 400,000, and then a run
 * stops with `ERR_CKPT_DUPLICATE_KEY`; a wrong result would need the digests of key and content to be equal at a time.
 */
export function digest(text: string): Digest {
  // A string of Latin-1 is cheaper than a buffer, and one call half as long as an object with three (1.4 us, 0.7).
  const bytes = hash('sha256', text, 'binary');
  RESULT.high = word(bytes, 0);
  RESULT.low = word(bytes, 4);
  return RESULT;
}

function word(bytes: string, at: number): number {
  return (
    ((bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16) | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)) >>> 0
  );
}
