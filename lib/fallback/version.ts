import { CheckpointError } from '../errors.js';
import { FORMAT_VERSION, KEY_VERSION } from '../files/file-keys.js';

/** Refuses a file of a later format version: what it means by its columns is not known here. */
export function checkVersion(keyValues: Record<string, string>, path: string): void {
  const version = keyValues[KEY_VERSION];
  if (version === undefined || (/^[1-9]\d*$/.test(version) && Number(version) <= FORMAT_VERSION)) return;
  throw new CheckpointError(
    'ERR_CKPT_FORMAT_VERSION',
    `${path} has format version ${version}, this package reads up to ${FORMAT_VERSION}; install a later arrow-ckpt`,
    { path },
  );
}
