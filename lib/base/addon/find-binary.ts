import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodeFs } from '../node-modules.js';
import { environment } from '../environment.js';
import { embeddedBinary } from '#embedded';
import { platformNames } from './platform.js';
import { usualBinary } from './usual-binary.js';

/**
 * `createRequire`, out of sight of bundlers: webpack 5.113 parses calls of it and puts undefined where it cannot tell the argument, and ncc
 * 0.45 leaves a namespace without it.
 */
function requireFrom(base: string | URL): NodeJS.Require {
  const modules = Reflect.has(nodeModule, 'createRequire') ? nodeModule : process.getBuiltinModule('node:module');
  return (Reflect.get(modules, 'createRequire') as typeof nodeModule.createRequire)(base);
}

/** Bundlers put these into what they make; in a program that is not bundled they are not declared. */
declare const __webpack_require__: unknown;
declare const __nccwpck_require__: unknown;

/** What was found, or what each place said. */
export interface Found {
  binding: unknown;
  errors: unknown[];
}

/** Whether this code runs in a bundle of somebody else, and not in the files of dist/ that the package ships. */
export function isBundled(): boolean {
  return ownPackage() === undefined;
}

/** The bundler, if it can be recognised. */
export function bundlerName(): string | undefined {
  if (typeof __nccwpck_require__ !== 'undefined') return 'ncc';
  return typeof __webpack_require__ === 'undefined' ? undefined : 'webpack';
}

/**
 * Looks for the native binary. In the package, the generated loader knows where it is. In a bundle there is no package around this file:
 * the binary may be in the program itself, in the package beside the bundle (`node_modules/arrow-ckpt`,
 * `node_modules/@arrow-ckpt/binding-<platform>`), or a file beside the bundle, `arrow-ckpt.<platform>.node`. `accept` says whether a binary
 * can be used; it throws if not.
 */
export function findBinary(accept: (binding: unknown) => void): Found {
  const errors: unknown[] = [];
  for (const candidate of candidates()) {
    try {
      const binding = candidate();
      if (binding === undefined) continue;
      accept(binding);
      return { binding, errors };
    } catch (error) {
      errors.push(error);
    }
  }
  return { binding: undefined, errors };
}

function* candidates(): Generator<() => unknown, void, undefined> {
  const given = environment('NAPI_RS_NATIVE_LIBRARY_PATH');
  const own = ownPackage();
  if (given !== undefined) {
    yield () => requireFrom(own ?? baseUrls()[0] ?? pathToFileURL(join('/', 'index.js')))(given);
    return;
  }
  if (own !== undefined) {
    const require = requireFrom(own);
    yield () => usualBinary(own, require);
    yield () => require('./binding.cjs') as unknown;
  }
  yield embeddedBinary;
  for (const base of baseUrls()) {
    if (own === undefined) {
      yield () => {
        const require = requireFrom(base);
        return require(join(dirname(require.resolve('arrow-ckpt/package.json')), 'binding.cjs')) as unknown;
      };
    }
    for (const name of platformNames()) {
      yield () => requireFrom(base)(`@arrow-ckpt/binding-${name}`);
      yield () => requireFrom(base)(`./arrow-ckpt.${name}.node`);
    }
  }
}

/** The package.json of this package if this code runs from its dist/; undefined in a bundle of somebody else. */
function ownPackage(): string | undefined {
  try {
    const url = new URL(import.meta.url);
    if (!/[/]dist[/][^/]+$/.test(url.pathname)) return undefined;
    const path = fileURLToPath(new URL('../package.json', url));
    const { name } = JSON.parse(nodeFs().readFileSync(path, 'utf8')) as { name?: unknown };
    return name === 'arrow-ckpt' ? path : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Files that modules may be looked for from: this one, as ESM and as CommonJS tell it, and the program. esbuild has no `import.meta.url` in
 * CommonJS, and webpack's is a path of the machine that it ran on.
 */
function baseUrls(): string[] {
  const task = environment('LAMBDA_TASK_ROOT');
  const places = [
    typeof __filename === 'string' ? pathOf(__filename) : undefined,
    // Not in CommonJS.
    import.meta?.url as string | undefined,
    pathOf(process.argv[1]),
    task === undefined ? undefined : pathOf(join(task, 'index.js')),
  ];
  return [...new Set(places.filter((place) => place?.startsWith('file:')))] as string[];
}

function pathOf(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : pathToFileURL(path).href;
  } catch {
    return undefined;
  }
}
