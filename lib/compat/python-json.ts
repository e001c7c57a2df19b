import { elementsOf } from '../base/value/elements-of.js';
import { kindOf } from '../base/value/kind-of.js';
import { JsonTree } from '../base/value/json-tree.js';
import { joinPath } from '../base/value/refusal.js';
import { numberOf } from '../base/value/lenient-json.js';
import { notCompatible } from './not-compatible.js';

/** Where a value stands, and for whom it is written. */
interface PythonPlace {
  program: string;
  row: number;
  /** The path inside the row; empty for the row itself. */
  path: string;
}

/** What the reader is. By default it is Python's `json` module, and the text looks as it writes it. */
interface PythonForm {
  /** No space behind commas and colons. @default false */
  compact?: boolean;
  /** The reader refuses strings with lone surrogates. @default false */
  wellFormed?: boolean;
  /** How many objects and arrays below the value the reader takes. @default any number */
  maxDepth?: number;
}

/**
 * A value as JSON that Python's `json` module reads as the same value, and lenient.ts too: `NaN` and the infinities as words, `-0` as a
 * float, integers beyond the safe ones as floats, which they are, and bigints as integers.
 *
 * @throws `ERR_CKPT_NOT_COMPATIBLE` for what JSON has no form for, and what `JsonTree` throws for what no checkpoint can keep
 */
export function pythonJson(value: unknown, place: PythonPlace, form: PythonForm = {}): string {
  // What no checkpoint can keep is refused as such; the copy is not used, for it is made for other readers.
  new JsonTree().of(value, { row: place.row, path: place.path });
  return new PythonText(place, form).of(value);
}

const NAMES: Record<string, string> = { date: 'a Date', bytes: 'bytes', f32: 'a Float32Array', f64: 'a Float64Array' };

class PythonText {
  readonly #place: PythonPlace;
  readonly #form: PythonForm;
  readonly #comma: string;
  readonly #colon: string;
  /** From the value down to the one at hand. */
  readonly #keys: (string | number)[] = [];

  constructor(place: PythonPlace, form: PythonForm) {
    this.#place = place;
    this.#form = form;
    this.#comma = form.compact === true ? ',' : ', ';
    this.#colon = form.compact === true ? ':' : ': ';
  }

  of(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return this.#string(value);
      case 'boolean':
        return String(value);
      case 'number':
        return numberText(value);
      case 'bigint':
        if (typeof numberOf(String(value)) === 'bigint') return String(value);
        throw this.#refuse('a bigint that a number holds, and would come back as one');
      case 'undefined':
        throw this.#refuse('undefined');
      default:
        return value === null ? 'null' : this.#container(value as object);
    }
  }

  #string(text: string): string {
    if (this.#form.wellFormed === true && !text.isWellFormed()) throw this.#refuse('text with a lone surrogate');
    return JSON.stringify(text);
  }

  #container(value: object): string {
    const { maxDepth = Number.POSITIVE_INFINITY } = this.#form;
    if (this.#keys.length > maxDepth) throw this.#refuse(`nested more than ${maxDepth} objects and arrays deep`);
    const kind = kindOf(value);
    if (kind === 'array')
      return `[${elementsOf(value as unknown[])
        .map((member, index) => this.#member(index, member))
        .join(this.#comma)}]`;
    if (kind !== 'object') throw this.#refuse(NAMES[kind ?? ''] ?? 'of a class');
    const object = value as Record<string, unknown>;
    const members = Object.keys(object).map((key) => this.#string(key) + this.#colon + this.#member(key, object[key]));
    return `{${members.join(this.#comma)}}`;
  }

  #member(key: string | number, value: unknown): string {
    this.#keys.push(key);
    const text = this.of(value);
    this.#keys.pop();
    return text;
  }

  #refuse(what: string): Error {
    const { program, row, path } = this.#place;
    return notCompatible(program, row, this.#keys.reduce<string>(joinPath, path), what);
  }
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  if (Number.isNaN(value) || !Number.isFinite(value)) return String(value);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}
