import { spawnSync } from 'node:child_process';

/** Why a small file system cannot be mounted, or false. In a namespace of its own a mount ends with the process. */
export function noMounts(): string | false {
  if (process.platform !== 'linux') return 'mounts a tmpfs, which is for Linux';
  const { status, stderr } = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { encoding: 'utf8' });
  return status === 0 ? false : `may not mount a file system: ${stderr?.trim() ?? 'no unshare'}`;
}

/**
 * A command that starts another one, node, where it may mount file systems, once the shell has taken these steps: for `through` of
 * `runProgram`. In a step `"$0"` is the folder, and `"$1"` is node. A step that fails is the end.
 */
export function mounting(folder: string, ...steps: string[]): string[] {
  return ['unshare', '-rm', 'sh', '-c', [...steps, 'exec "$@"'].join(' && '), folder];
}
