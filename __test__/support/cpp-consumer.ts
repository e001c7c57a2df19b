import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ArrowStream } from 'arrow-ckpt';
import { ROOT } from './packed-package.ts';

/** What examples/cpp-consumer exports. */
export interface CppConsumer {
  sum(stream: ArrowStream, column: string): Promise<{ sum: number; rows: number; batches: number; ms: number; sumMs: number }>;
  norms(stream: ArrowStream, column: string): Promise<Float64Array>;
  sumArray(values: Float64Array): { sum: number; ms: number };
}

const COMPILER = process.env['CXX'] ?? 'c++';

/** Why the tests in C++ are skipped, for node:test's `skip`. */
export const noCompiler: string | false = isThere(COMPILER) ? false : 'no C++ compiler';

function isThere(program: string): boolean {
  if (process.platform === 'win32') return false;
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** Builds a source of the examples into a folder as its binding.gyp does, without node-gyp and the headers that it fetches; loads it. */
export function buildAddon<T>(source: string, folder: string, ...flags: string[]): T {
  const addon = join(folder, 'consumer.node');
  const headers = ['node-addon-api', 'node-api-headers/include'].flatMap((name) => ['-I', join(ROOT, 'node_modules', name)]);
  const undefinedSymbols = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  const all = ['-std=c++17', '-O3', '-Wall', '-Wextra', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DNODE_ADDON_API_CPP_EXCEPTIONS'];
  execFileSync(COMPILER, [...all, ...flags, ...undefinedSymbols, ...headers, join(ROOT, source), '-o', addon], { timeout: 240_000 });
  return createRequire(import.meta.url)(addon) as T;
}
