import { dirname, join } from 'node:path';
import { nodeFs } from '../node-modules.js';
import { platformNames } from './platform.js';

/** The C library's loader, which each program of musl names by this path. */
const MUSL_LOADERS: Partial<Record<string, string>> = { x64: '/lib/ld-musl-x86_64.so.1', arm64: '/lib/ld-musl-aarch64.so.1' };

/**
 * The binary where an installation has it: a file in the package, or the package of the platform. The generated loader tries the same, but
 * takes 2 ms for itself and for its look at the C library. Undefined where it is not there, or the C library is not plain: then that loader
 * decides, and tells what is wrong.
 */
export function usualBinary(manifest: string, require: NodeJS.Require): unknown {
  const name = usualName();
  if (name === undefined) return undefined;
  try {
    const beside = join(dirname(manifest), `arrow-ckpt.${name}.node`);
    return require(nodeFs().existsSync(beside) ? beside : `@arrow-ckpt/binding-${name}`) as unknown;
  } catch {
    return undefined;
  }
}

/** The platform as the names of binaries have it; undefined where it may be musl. */
function usualName(): string | undefined {
  const { platform, arch } = process;
  if (platform !== 'linux') return platformNames()[0];
  // `platformNames` makes a report to tell the C library, which takes longer than all else here.
  const loader = MUSL_LOADERS[arch];
  return loader === undefined || nodeFs().existsSync(loader) ? undefined : `linux-${arch}-gnu`;
}
