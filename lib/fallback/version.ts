import { CheckpointError } from '../errors.js';
import { FORMAT_VERSION, KEY_VERSION } from '../files/file-keys.js';

/** Refuses a file of a later format version: what it means by its columns is not known here. */
export function checkVersion(keyValues: Record<string, string>, path: string): void {
  const version = keyValues[KEY_VERSION];
  if (version === undefined) return;
  // As the native reader parses it: 32 bits, unsigned.
  const number = /^\+?\d+$/.test(version) ? Number(version) : 0;
  if (number < 1 || number > 0xffff_ffff) {
    throw new CheckpointError('ERR_CKPT_CORRUPT', `${path} is damaged: its format version is ${JSON.stringify(version)}`, { path });
  }
  if (number <= FORMAT_VERSION) return;
  throw new CheckpointError(
    'ERR_CKPT_FORMAT_VERSION',
    `${path} has format version ${version}, this package reads up to ${FORMAT_VERSION}; install a later arrow-ckpt`,
    { path },
  );
}
