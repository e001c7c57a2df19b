import { spawnSync } from 'node:child_process';

/** Why a small file system cannot be mounted, or false. In a namespace of its own a mount ends with the process. */
export function noMounts(): string | false {
  if (process.platform !== 'linux') return 'mounts a tmpfs, which is for Linux';
  const { status, stderr } = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { encoding: 'utf8' });
  return status === 0 ? false : `may not mount a file system: ${stderr?.trim() ?? 'no unshare'}`;
}
