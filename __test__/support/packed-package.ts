import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './pinned-packages.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The name of the binary that was built here, `arrow-ckpt.linux-x64-gnu.node`; undefined for none. */
export const BINARY = readdirSync(ROOT).find((name) => name.endsWith('.node'));

/** Puts the files that npm would pack into `<project>/node_modules/arrow-ckpt`: no sources, no development tree. */
export function packInto(project: string): string {
  const [pack] = JSON.parse(npm(['pack', '--dry-run', '--json', '--ignore-scripts'], ROOT)) as { files: { path: string }[] }[];
  const installed = join(project, 'node_modules/arrow-ckpt');
  for (const { path } of pack!.files) {
    mkdirSync(dirname(join(installed, path)), { recursive: true });
    cpSync(join(ROOT, path), join(installed, path));
  }
  return installed;
}

/** Puts the package of this platform with the binary beside it, as npm does with an optional dependency. */
export function packBinaryInto(project: string): string {
  const platform = (BINARY as string).split('.')[1] as string;
  const installed = join(project, 'node_modules/@arrow-ckpt', `binding-${platform}`);
  cpSync(join(ROOT, 'npm', platform), installed, { recursive: true });
  cpSync(join(ROOT, BINARY as string), join(installed, BINARY as string));
  return installed;
}

/** Puts a package of this tree's node_modules, with what it depends on, into the project's. */
export function installDependencies(project: string, names: readonly string[]): void {
  for (const name of names) cpSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), { recursive: true });
}
