import { isError } from '../realm.js';
import { environment } from '../environment.js';
import { VERSION } from '../version.js';
import { bundlerName, findBinary, isBundled } from './find-binary.js';
import { platformName, platformNames } from './platform.js';

/** The native half: classes and functions that crates/arrow-ckpt-node exports. */
export type Binding = typeof import('#binding');
export type NativeReader = InstanceType<Binding['NativeReader']>;
export type NativeWriter = InstanceType<Binding['NativeWriter']>;

interface Outcome {
  binding: Binding | null;
  /** Why it is missing: what each place said where it was looked for. */
  errors: unknown[];
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

/** Why there is no native binding, and what to do; undefined where there is one. */
export function noBindingReason(): { summary: string; advice: string } | undefined {
  const { binding, errors, forced } = load();
  if (binding !== null) return undefined;
  if (forced === true) return { summary: 'ARROW_CKPT_FORCE_JSON=1 chooses JSON', advice: 'Remove the variable to save Parquet.' };
  if (areAddonsDenied(errors)) {
    return {
      summary: "Node's permission model keeps arrow-ckpt from its native binary",
      advice:
        'Start node with --allow-addons to save Parquet. From Node 24 on the model also denies fsync: the bytes of a file are flushed as they are written, ' +
        'but its name may be lost in a power cut within some seconds.',
    };
  }
  const platform = platformName();
  if (isBundled()) {
    return {
      summary: `arrow-ckpt was bundled by ${bundlerName() ?? 'a bundler'}, and there is no native binary for ${platform} beside the bundle`,
      advice: `Keep arrow-ckpt external, or copy arrow-ckpt.${platformNames()[0]}.node beside the bundle: docs/bundling.md has the line for each bundler.${causeOf(errors)}`,
    };
  }
  return {
    summary: `arrow-ckpt has no native binary for ${platform}`,
    advice:
      'Reinstall with optional dependencies (npm install --include=optional), on the platform that runs the code, or build from source ' +
      `(npm run build:native).${causeOf(errors)}`,
  };
}

/** Tells once per process that the binary is missing, unless that was asked for. */
export function warnNoBinding(): void {
  if (warned || load().forced === true) return;
  const reason = noBindingReason();
  if (reason === undefined) return;
  warned = true;
  process.emitWarning(`${reason.summary}; checkpoints are saved as JSON, and Parquet is read slowly`, {
    code: 'ARROW_CKPT_NO_BINARY',
    detail: `${reason.advice} ARROW_CKPT_FORCE_JSON=1 chooses JSON without this warning.`,
  });
}

function load(): Outcome {
  return (outcome ??= tryLoad());
}

// Loading takes some milliseconds: when the program has come to rest for a moment, so that its first call need not wait for them.
setImmediate(load).unref();

function tryLoad(): Outcome {
  if (environment('ARROW_CKPT_FORCE_JSON') === '1') return { binding: null, errors: [], forced: true };
  try {
    const { binding, errors } = findBinary(checkVersion);
    return { binding: (binding as Binding | undefined) ?? null, errors };
  } catch (error) {
    // Whatever a restricted runtime refuses on the way: Parquet can be read and JSON be saved without the binary.
    return { binding: null, errors: [error] };
  }
}

/** Whether Node was started so that it loads no addons: the permission model without `--allow-addons`, or `--no-addons`. */
function areAddonsDenied(errors: readonly unknown[]): boolean {
  return errors.some((error) => {
    for (let cause = error, depth = 0; isError(cause) && depth < 16; cause = cause.cause, depth++) {
      // The generated loader keeps only the text of an error.
      if ((cause as NodeJS.ErrnoException).code === 'ERR_DLOPEN_DISABLED' || cause.message.includes('loading addons is disabled'))
        return true;
    }
    return false;
  });
}

/** What crosses has no version of its own: only a binary of the same release is sure to speak the same. */
function checkVersion(binding: unknown): void {
  const version = (binding as Binding).version();
  if (version !== VERSION) throw new Error(`the binary is of version ${version}, the package of ${VERSION}; install both of one version`);
}

/**
 * What each place that was tried said, its first line; nothing where all said only that there is no such module. The outermost
 * error of the generated loader is its own advice.
 */
function causeOf(errors: readonly unknown[]): string {
  const lines = new Set<string>();
  for (const error of errors) {
    // Deno's errors have null for a cause.
    const { cause: first } = (error ?? {}) as Error;
    for (let cause = first ?? error; cause !== undefined && cause !== null && lines.size < 8; cause = (cause as Error).cause) {
      const message = String((cause as Error).message ?? cause).split('\n', 1)[0] as string;
      if (!/^Cannot find (module|package)/i.test(message)) lines.add(message);
    }
  }
  return lines.size === 0 ? '' : ` Cause: ${[...lines].join('; ')}`;
}
