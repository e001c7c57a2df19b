import { isErrorNamed } from './realm.js';
import { environment } from './environment.js';

/** Whether this process may compile code from text: not under a CSP or `--disallow-code-generation-from-strings`. */
let allowed: boolean | undefined;

/**
 * Compiles the body of a function, or gives undefined where code generation is forbidden: callers then use their closures, which do
 * the same, slower. User data enters such code only as `quote`d literals.
 */
export function compile<T>(parameters: readonly string[], body: string): T | undefined {
  if (allowed === false || environment('ARROW_CKPT_NO_CODEGEN') === '1') return undefined;
  try {
    // oxlint-disable-next-line no-new-func -- the point of this file
    const compiled = new Function(...parameters, `'use strict';\n${body}`) as T;
    allowed = true;
    return compiled;
  } catch (error) {
    if (!isErrorNamed(error, 'EvalError')) throw error;
    allowed = false;
    return undefined;
  }
}

/** Fewer rows than this are made by closures: small checkpoints do not pay for a compilation. */
const MIN_GENERATED_ROWS = 2048;

/** Whether a loop over this number of rows is worth a compilation. With `ARROW_CKPT_CODEGEN=always` every loop is, for tests. */
export function isWorthCode(rows: number, least = MIN_GENERATED_ROWS): boolean {
  return rows >= least || environment('ARROW_CKPT_CODEGEN') === 'always';
}

/** A JavaScript string literal of any string, safe in any place of a program. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
}
