/** Where JSON text stops being JSON, and what should be there. */
interface JsonError {
  /** Index into the bytes; their length when they end too early. */
  at: number;
  expected: string;
}

/** The words of Python's are no JSON, but are read: see lenient.ts. */
const SCALAR = /(?:true|false|null|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const WORD = /[\w.+-]*/y;
const SPACE = /[ \t\r\n]*/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids them in strings
const STRING_RUN = /[^"\\\x00-\x1f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * The first error in the text of one JSON value, or undefined when it is one: for messages, after `JSON.parse` has refused it, since
 * its own messages tell no place, or one in UTF-16 units of a part of the file.
 */
export function firstError(bytes: Buffer): JsonError | undefined {
  return new Check(bytes.toString('latin1')).run();
}

/** What may come next: a value; a value or the end of an array; a key; a key or the end of an object; a comma or an end. */
type State = 'value' | 'first value' | 'key' | 'first key' | 'next';

/** Walks the text without recursion, since it may be nested as deep as it likes. Latin-1, so that an index is a byte. */
class Check {
  #at = 0;
  #state: State = 'value';
  readonly #open: ('}' | ']')[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  run(): JsonError | undefined {
    for (;;) {
      this.#skip(SPACE);
      const close = this.#open.at(-1);
      if (this.#state === 'next' && close === undefined) {
        return this.#at === this.#text.length ? undefined : { at: this.#at, expected: 'nothing more' };
      }
      const error = this.#step(close);
      if (error !== undefined) return error;
    }
  }

  #step(close: '}' | ']' | undefined): JsonError | undefined {
    if (this.#state !== 'value' && this.#state !== 'key' && this.#take(close)) {
      this.#open.pop();
      this.#state = 'next';
      return undefined;
    }
    switch (this.#state) {
      case 'next':
        if (!this.#take(',')) return { at: this.#at, expected: `',' or '${close}'` };
        this.#state = close === '}' ? 'key' : 'value';
        return undefined;
      case 'key':
      case 'first key':
        return this.#key(this.#state === 'key' ? 'a key' : "a key or '}'");
      default:
        return this.#value(this.#state === 'value' ? 'a value' : "a value or ']'");
    }
  }

  #key(expected: string): JsonError | undefined {
    if (this.#text[this.#at] !== '"') return { at: this.#at, expected };
    const error = this.#string();
    if (error !== undefined) return error;
    this.#skip(SPACE);
    this.#state = 'value';
    return this.#take(':') ? undefined : { at: this.#at, expected: "':'" };
  }

  #value(expected: string): JsonError | undefined {
    this.#state = 'next';
    const char = this.#text[this.#at];
    if (char === '"') return this.#string();
    if (char === '{' || char === '[') {
      this.#at++;
      this.#open.push(char === '{' ? '}' : ']');
      this.#state = char === '{' ? 'first key' : 'first value';
      return undefined;
    }
    if (this.#skip(SCALAR) > 0) return undefined;
    const start = this.#at;
    this.#skip(WORD);
    // At the end: cut off in the middle of a number or word.
    return { at: this.#at === this.#text.length ? this.#at : start, expected };
  }

  #string(): JsonError | undefined {
    this.#at++;
    for (;;) {
      this.#skip(STRING_RUN);
      if (this.#take('"')) return undefined;
      if (this.#at === this.#text.length) return { at: this.#at, expected: "'\"'" };
      if (this.#skip(ESCAPE) > 0) continue;
      if (this.#text[this.#at] !== '\\') return { at: this.#at, expected: "'\"', or this control character as an escape" };
      const isCut = /^\\(?:u[0-9a-fA-F]{0,3})?$/.test(this.#text.slice(this.#at, this.#at + 6));
      return { at: isCut ? this.#text.length : this.#at, expected: 'an escape that JSON knows' };
    }
  }

  #take(char: string | undefined): boolean {
    if (char === undefined || this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skip(pattern: RegExp): number {
    pattern.lastIndex = this.#at;
    const length = pattern.exec(this.#text)?.[0].length ?? 0;
    this.#at += length;
    return length;
  }
}
