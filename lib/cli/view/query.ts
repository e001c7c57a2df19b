import { invalid, show } from '../../base/messages.js';
import type { ValuePath } from './wire.js';

/** What a request asks, checked: a page of a newer version, or a hand, may send anything. */
export class Query {
  readonly #params: URLSearchParams;

  constructor(params: URLSearchParams) {
    this.#params = params;
  }

  /** @throws `ERR_CKPT_INVALID_OPTION`, as all of these do */
  text(name: string): string {
    const text = this.#params.get(name);
    if (text === null) throw invalid(`the request has no ${name}`);
    return text;
  }

  optional(name: string): string | undefined {
    return this.#params.get(name) ?? undefined;
  }

  all(name: string): string[] {
    return this.#params.getAll(name);
  }

  /** A number of rows, at most `most`; without it `otherwise`. */
  count(name: string, otherwise: number, most: number = Number.MAX_SAFE_INTEGER): number {
    const text = this.#params.get(name);
    if (text === null) return otherwise;
    const number = Number(text);
    if (!/^\d+$/.test(text) || number > most) throw invalid(`${name} must be an integer from 0 to ${most}, got ${show(text)}`);
    return number;
  }

  /** Keys and indexes as JSON. */
  path(name: string): ValuePath {
    const text = this.text(name);
    try {
      const path: unknown = JSON.parse(text);
      if (Array.isArray(path) && path.every((step) => typeof step === 'string' || Number.isSafeInteger(step))) return path as ValuePath;
    } catch {
      // Told below.
    }
    throw invalid(`${name} must be a list of keys and indexes as JSON, got ${show(text)}`);
  }
}
