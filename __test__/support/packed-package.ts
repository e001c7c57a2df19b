import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
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

/** Puts what the package depends on into the project's node_modules, from this tree's. */
export function packDependenciesInto(project: string, name = 'arrow-ckpt'): void {
  const folder = join(project, 'node_modules', name);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> };
  for (const dependency of Object.keys(dependencies)) {
    const installed = join(project, 'node_modules', dependency);
    if (existsSync(installed)) continue;
    cpSync(join(ROOT, 'node_modules', dependency), installed, { recursive: true });
    packDependenciesInto(project, dependency);
  }
}
