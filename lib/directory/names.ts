import { CheckpointError, isCheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';

/**
 * Names of steps, operations and (of Kura's layout) checkpoints as path components, and back. `decodeName(encodeName(name)) === name` for
 * every name that is accepted.
 *
 * Ordinary names (letters of any script, digits, `_ - . @ #`, spaces inside) stay as they are: the layouts of other tools must not change.
 * Percent-encoded, `%XX` per UTF-8 byte as `encodeURIComponent` does, are:
 * - `/ \ : * ? " < > | %` and control characters, which no path component may hold everywhere;
 * - a leading dot (hidden files, `.` and `..`, our own temporaries), a trailing dot or space (Windows drops them);
 * - the first letter of a device name of Windows (`CON`, `nul.txt`, `COM1`);
 * - the underscore of a suffix that the layout reserves: `_batches` of a step, `_input_hashes` of an operation;
 * - lone surrogates, which have no UTF-8, as `%uD800`.
 *
 * Refused with `ERR_CKPT_INVALID_ARGUMENT`: the empty name, and names longer than {@link MAX_NAME_BYTES} once encoded. What is longer than
 * a component may be becomes a path of several: see parts.ts.
 *
 * Case twins: see {@link twinName}.
 */
export const MAX_NAME_BYTES = 2000;

/** What a name is used for; each has its own reserved suffix. */
export type NameKind = 'step' | 'operation' | 'name';

/** Matches nothing. */
export const NOTHING = /(?!)/;

const RESERVED_SUFFIX: Record<NameKind, RegExp> = { step: /_(?=batches$)/i, operation: /_(?=input_hashes$)/i, name: NOTHING };
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNSAFE = /[/\\:*?"<>|%\u0000-\u001f\u007f-\u009f\u2028\u2029]|^\.|[. ]$/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?= *(?:\.|$))/i;

/** The path component of a name. */
export function encodeName(name: string, kind: NameKind): string {
  if (typeof name !== 'string' || name === '') {
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `${kind} must be a non-empty string, got ${show(name)}`);
  }
  const encoded = name
    .replace(UNSAFE, percent)
    .replace(LONE_SURROGATE, (unit) => `%u${unit.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(RESERVED_SUFFIX[kind], percent)
    .replace(DEVICE, (device) => percent(device.charAt(0)) + device.slice(1));
  return checkLength(encoded, name, kind);
}

/** The name of a path component; a component that is no encoding (`100%`, `a%zz`) is its own name. */
export function decodeName(component: string, kind: NameKind): string {
  const name = decode(component);
  return name !== null && (quietly(encodeName, name, kind) === component || quietly(twinName, name, kind) === component) ? name : component;
}

/**
 * The component of a name whose plain one is taken by a name that differs in case or Unicode normalisation only (`Extract` beside
 * `extract`):
 * some file systems cannot keep the two apart, and a folder must survive being copied to them, so it is used on all of them. Upper-case
 * letters and everything beyond ASCII are percent-encoded; a name without any has its first letter encoded.
 */
export function twinName(name: string, kind: NameKind): string {
  const encoded = encodeName(name, kind);
  const twin = outsideEscapes(encoded, /[A-Z]|[^\u0020-\u007e]/gu);
  return checkLength(twin === encoded ? outsideEscapes(encoded, /[a-z]/u) : twin, name, kind);
}

/** The twin of a name; undefined where it would be too long to be a file's, so that there can be none. */
export function twinIfShort(name: string, kind: NameKind): string | undefined {
  try {
    return twinName(name, kind);
  } catch (error) {
    if (isCheckpointError(error)) return undefined;
    throw error;
  }
}

/** Equal for two components that a file system may take for one. */
export function foldName(component: string): string {
  return component.normalize('NFC').toLowerCase().normalize('NFC');
}

// eslint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/** Whether a component folds to this: `foldName(component) === fold`, at once for most. */
export function foldsTo(component: string, fold: string): boolean {
  if (ASCII.test(component)) return component.length === fold.length && component.toLowerCase() === fold;
  return foldName(component) === fold;
}

function decode(component: string): string | null {
  try {
    return component
      .split(/%u(D[89A-F][0-9A-F]{2})/)
      .map((part, i) => (i % 2 === 1 ? String.fromCharCode(Number.parseInt(part, 16)) : decodeURIComponent(part)))
      .join('');
  } catch {
    return null;
  }
}

function percent(text: string): string {
  const encoded = encodeURIComponent(text);
  if (encoded !== text) return encoded;
  // encodeURIComponent leaves letters, digits and a few marks alone; all of them are ASCII.
  return `%${text.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function outsideEscapes(encoded: string, pattern: RegExp): string {
  let found = false;
  return encoded
    .split(/(%u[0-9A-F]{4}|%[0-9A-F]{2})/)
    .map((part, i) => {
      if (i % 2 === 1 || (found && !pattern.global)) return part;
      return part.replace(pattern, (character) => {
        found = true;
        return percent(character);
      });
    })
    .join('');
}

function quietly(encode: (name: string, kind: NameKind) => string, name: string, kind: NameKind): string | null {
  try {
    return encode(name, kind);
  } catch {
    return null;
  }
}

function checkLength(encoded: string, name: string, kind: NameKind): string {
  const bytes = Buffer.byteLength(encoded);
  if (bytes > MAX_NAME_BYTES) {
    throw new CheckpointError(
      'ERR_CKPT_INVALID_ARGUMENT',
      `${kind} ${show(name)} takes ${bytes} bytes as a file name, the limit is ${MAX_NAME_BYTES}; choose a shorter name`,
    );
  }
  return encoded;
}
