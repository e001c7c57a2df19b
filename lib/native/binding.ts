import { createRequire } from 'node:module';

/** The native half: classes and functions that crates/arrow-ckpt-node exports. */
export type Binding = typeof import('#binding');
export type NativeReader = InstanceType<Binding['NativeReader']>;
export type NativeWriter = InstanceType<Binding['NativeWriter']>;

interface Outcome {
  binding: Binding | null;
  /** Why it is missing. */
  error?: unknown;
  /** Whether that was asked for. */
  forced?: boolean;
}

let outcome: Outcome | undefined;
let warned = false;

/**
 * The native binding, loaded on the first call if not before; null when there is none for this platform, or with `ARROW_CKPT_FORCE_JSON=1`.
 * Synchronous and without top-level await, so that `require('arrow-ckpt')` works on Node 20.
 */
export function loadBinding(): Binding | null {
  return load().binding;
}

/** Tells once per process that the binary is missing, unless that was asked for. */
export function warnNoBinding(): void {
  const { binding, error, forced } = load();
  if (binding !== null || forced === true || warned) return;
  warned = true;
  process.emitWarning(`arrow-ckpt has no native binary for ${platformName()}; checkpoints are saved as JSON, and Parquet is read slowly`, {
    code: 'ARROW_CKPT_NO_BINARY',
    detail:
      'Reinstall with optional dependencies (npm install --include=optional), on the platform that runs the code, or build from source ' +
      `(npm run build:native). ARROW_CKPT_FORCE_JSON=1 chooses JSON without this warning.${causeOf(error)}`,
  });
}

function load(): Outcome {
  return (outcome ??= tryLoad());
}

// Loading takes some milliseconds: when the program has come to rest for a moment, so that its first call need not wait for them.
setImmediate(load).unref();

function tryLoad(): Outcome {
  if (process.env.ARROW_CKPT_FORCE_JSON === '1') return { binding: null, forced: true };
  const require = createRequire(import.meta.url);
  try {
    const binding = require('#binding') as Binding;
    const { version } = require('arrow-ckpt/package.json') as { version: string };
    // What crosses has no version of its own: only a binary of the same release is sure to speak the same.
    if (binding.version() === version) return { binding };
    const cause = new Error(`the binary is of version ${binding.version()}, the package of ${version}; install both of one version`);
    return { binding: null, error: new Error('versions differ', { cause }) };
  } catch (error) {
    return { binding: null, error };
  }
}

function platformName(): string {
  const report =
    process.platform === 'linux' ? (process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined) : undefined;
  const libc = report === undefined ? '' : report.header?.glibcVersionRuntime === undefined ? ' (musl)' : ' (glibc)';
  return `${process.platform}-${process.arch}${libc}`;
}

/**
 * What each place that the loader tried said, its first line; nothing where all said only that there is no such module. The outermost
 * error is the loader's own advice.
 */
function causeOf(error: unknown): string {
  const lines = new Set<string>();
  for (let cause = (error as Error).cause; cause instanceof Error && lines.size < 8; cause = cause.cause) {
    if (!cause.message.startsWith('Cannot find module')) lines.add(cause.message.split('\n', 1)[0] ?? '');
  }
  return lines.size === 0 ? '' : ` Cause: ${[...lines].join('; ')}`;
}
