import { CheckpointError } from '../base/errors.js';

/** What is opened. */
export interface Sources {
  all: readonly [string | null, string][];
  directories: ReadonlyMap<string | null, string>;
}

/** The directory of this name, or the only one, that gets a checkpoint. @throws `ERR_CKPT_INVALID_ARGUMENT` where there is none */
export function directoryOf(directories: Sources['directories'], name: string | undefined): string {
  const only = directories.size === 1 && name === undefined ? [...directories.values()][0] : undefined;
  const directory = only ?? (name === undefined ? undefined : directories.get(name));
  if (directory !== undefined) return directory;
  const names = [...directories.keys()].filter((each) => each !== null);
  const advice = names.length > 0 ? `name one of them by the option directory: ${names.join(', ')}` : 'open a directory';
  throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `save needs the directory that gets the checkpoint; ${advice}`);
}
