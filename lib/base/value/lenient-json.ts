import { setOwn } from '../build.js';

/** Nesting deeper than this is refused: the parser recurses. */
const MAX_NESTING = 2000;
/**
 * Sixteen digits that do not follow a point. Written out: with a count V8 looks at each character, so at one in sixteen (51 against 171 ms
 * for 208 MB).
 */
const DIGITS = /[^.\d]\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d/;
/** A number that `JSON.parse` might round: 16 digits or more without a fraction or an exponent. */
const LONG_INTEGER = /[[:,\s]-?[1-9]\d{15,}(?=[\s,\]}])/;
/** A word of Python's that is no JSON, outside of strings or inside. */
const WORD = /NaN|Infinity/;

/** Whether `JSON.parse` may lose digits of a number in this text. Cheap: it goes before each `JSON.parse` of a file of another program. */
export function mayRound(text: string): boolean {
  return DIGITS.test(text) && LONG_INTEGER.test(text);
}

/** Whether {@link parseLenient} could make something of a text that `JSON.parse` refused. */
export function mayBePython(text: string): boolean {
  return WORD.test(text);
}

/** A JSON text of another program, which may be Python's: by `JSON.parse` where that loses nothing. @throws SyntaxError */
export function parseForeign(text: string): unknown {
  if (mayRound(text)) return parseLenient(text);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (mayBePython(text)) return parseLenient(text);
    throw error;
  }
}

/**
 * Parses JSON as Python's `json` module writes it: with the words `NaN`, `Infinity` and `-Infinity`, and with integers of any size. An
 * integer that a number does not hold, or that JavaScript would print in other digits, becomes a bigint. All else is as with `JSON.parse`.
 *
 * @throws SyntaxError for what is no such text
 */
export function parseLenient(text: string): unknown {
  const parser = new LenientParser(text);
  return parser.whole();
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?(?![\w.])/y;
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NAME = /-?[A-Za-z]+/y;
const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

class LenientParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const value = this.#value();
    this.#take(SPACE);
    if (this.#at < this.#text.length) throw this.#wrong();
    return value;
  }

  #value(): unknown {
    this.#take(SPACE);
    const char = this.#text[this.#at];
    if (char === '"') return this.#string();
    if (char === '{' || char === '[') {
      if (++this.#depth > MAX_NESTING) throw new SyntaxError(`nested more than ${MAX_NESTING} deep`);
      this.#at++;
      const made = char === '{' ? this.#object() : this.#array();
      this.#depth--;
      return made;
    }
    const number = this.#take(NUMBER);
    if (number !== '') return numberOf(number);
    const word = this.#take(NAME);
    if (!WORDS.has(word)) throw this.#wrong(word.length);
    return WORDS.get(word);
  }

  #object(): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    if (this.#next('}')) return made;
    do {
      this.#take(SPACE);
      const key = this.#string();
      if (!this.#next(':')) throw this.#wrong();
      setOwn(made, key, this.#value());
    } while (this.#next(','));
    if (!this.#next('}')) throw this.#wrong();
    return made;
  }

  #array(): unknown[] {
    const made: unknown[] = [];
    if (this.#next(']')) return made;
    do made.push(this.#value());
    while (this.#next(','));
    if (!this.#next(']')) throw this.#wrong();
    return made;
  }

  #string(): string {
    const text = this.#take(TEXT);
    if (text === '') throw this.#wrong();
    return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
  }

  #next(char: string): boolean {
    this.#take(SPACE);
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #wrong(back = 0): SyntaxError {
    return new SyntaxError(`unexpected text at ${this.#at - back}`);
  }
}

/** An integer or float of Python's as a number, or as a bigint where a number would have other digits. */
export function numberOf(token: string): number | bigint {
  const number = Number(token);
  if (Number.isSafeInteger(number) || /[.eE]/.test(token) || String(number) === token) return number;
  return BigInt(token);
}
