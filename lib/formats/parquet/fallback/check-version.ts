import { CheckpointError } from '../../../base/errors.js';
import { KEY_VERSION, THIN_VERSION, type Footer } from '../file-keys.js';

/** Refuses a file of a later format version: what it means by its columns is not known here. */
export function checkVersion({ keyValues, ours, path }: Footer): void {
  // Another program that rewrote the file carried the version over: it does not hold for its file.
  if (!ours) return;
  const version = keyValues[KEY_VERSION];
  if (version === undefined) return;
  // As the native reader parses it: 32 bits, unsigned.
  const number = /^\+?\d+$/.test(version) ? Number(version) : 0;
  if (number < 1 || number > 0xffff_ffff) {
    throw new CheckpointError('ERR_CKPT_CORRUPT', `${path} is damaged: its format version is ${JSON.stringify(version)}`, { path });
  }
  if (number <= THIN_VERSION) return;
  throw new CheckpointError(
    'ERR_CKPT_FORMAT_VERSION',
    `${path} has format version ${version}, this package reads up to version ${THIN_VERSION}; install a later arrow-ckpt`,
    { path },
  );
}
