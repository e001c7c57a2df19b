import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** A file system of its own for a test, in a file. */
export interface LoopMount {
  mount: string;
  /** Bytes of its blocks that are used. */
  used: () => number;
  unmount: () => void;
}

/** Makes and mounts one; or says why that cannot be. */
export function loopMount(folder: string, type: 'btrfs' | 'xfs' | 'ext4'): LoopMount | string {
  if (process.platform !== 'linux') return 'mounts a file system of its own, which is for Linux';
  if (process.getuid?.() !== 0) return 'may not mount a file system';
  const [image, mount] = [join(folder, `${type}.disk`), join(folder, type)];
  mkdirSync(mount, { recursive: true });
  const force = type === 'ext4' ? '-F' : '-f';
  const script = `truncate -s 512M "$1" && mkfs.${type} -q ${force} "$1" && mount -o loop "$1" "$2"`;
  const made = spawnSync('sh', ['-c', script, '-', image, mount], { encoding: 'utf8' });
  if (made.status !== 0) return `no ${type} can be mounted here: ${made.stderr.trim() || made.stdout.trim()}`;
  return {
    mount,
    used: () => {
      spawnSync('sync', ['-f', mount]);
      const { stdout } = spawnSync('df', ['-B1', '--output=used', mount], { encoding: 'utf8' });
      return Number(stdout.trim().split('\n').at(-1));
    },
    unmount: () => {
      spawnSync('umount', [mount]);
    },
  };
}

/** Where the bytes of a file are on its disk: `filefrag -v`, which asks by FIEMAP. */
export function extentsOf(path: string): { from: number; to: number; shared: boolean }[] {
  const { stdout } = spawnSync('filefrag', ['-v', '-b1', path], { encoding: 'utf8' });
  const line = /^ *\d+: *\d+\.\. *\d+: *(\d+)\.\. *(\d+): *\d+:(.*)$/gm;
  return [...stdout.matchAll(line)].map(([, from, to, rest]) => ({ from: Number(from), to: Number(to) + 1, shared: /shared/.test(rest!) }));
}

/** Bytes of the disk that two files both have. */
export function bytesInCommon(a: string, b: string): number {
  let common = 0;
  const theirs = extentsOf(b);
  for (const mine of extentsOf(a))
    for (const other of theirs) common += Math.max(0, Math.min(mine.to, other.to) - Math.max(mine.from, other.from));
  return common;
}
