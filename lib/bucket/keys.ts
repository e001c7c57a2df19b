import { CheckpointError } from '../base/errors.js';

/** The most bytes of a key that S3, Google and Azure allow. */
const MAX_KEY_BYTES = 1024;

/** Throws `ERR_CKPT_KEY` for a key that no store takes, or that no URL can hold. */
export function checkKey(key: string): string {
  const refuse = (why: string): CheckpointError =>
    new CheckpointError('ERR_CKPT_KEY', `the key ${JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}...` : key)} ${why}`);
  if (key === '') throw refuse('is empty; name an object');
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) throw refuse(`has ${bytes} bytes, and stores allow ${MAX_KEY_BYTES}; choose a shorter one`);
  if (!key.isWellFormed()) throw refuse('has half of a character; choose another');
  // A URL drops such segments, escaped or not: another object would be meant.
  if (key.split('/').some((segment) => segment === '.' || segment === '..')) throw refuse("has a segment '.' or '..'; choose another");
  return key;
}

/** A key as the path of a URL, slashes kept. */
export function keyPath(key: string): string {
  return key.split('/').map(escaped).join('/');
}

/** As `encodeURIComponent`, and what signatures want to be escaped, too. */
export function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
