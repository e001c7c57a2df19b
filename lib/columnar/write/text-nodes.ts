import type { ValuePlan } from '../plan.js';
import { encodeValue } from '../../base/value/extended-json.js';
import { grown, WriteNode, type FillContext } from './nodes.js';

/** A chunk with at least this many slots shows whether texts repeat, */
export const DICTIONARY_MIN_SLOTS = 256;
/** if this many of them are texts. */
const DICTIONARY_MIN_TEXTS = 64;
/** A dictionary is begun when at most one text in this many is distinct, and given up when more than twice that are. */
const DICTIONARY_TEXTS_PER_ENTRY = 8;
/** Of more different texts the slots are counted before it is decided. */
export const FEW_TEXTS = DICTIONARY_MIN_SLOTS / DICTIONARY_TEXTS_PER_ENTRY;

export class TextNode extends WriteNode {
  readonly kind = 'text';
  /** The texts: one a slot, or with a dictionary one an entry. */
  parts: string[] = [];
  /** Texts with lone surrogates were met: look at each, they do not fit UTF-8. */
  checked = false;
  /** Text beyond ASCII was met: write UTF-16 at once. */
  wide = false;
  /**
   * Index by text, for this chunk; undefined while texts are written one a slot. Looking up a text that repeats is cheaper than joining it.
   */
  dictionary: Map<string, number> | undefined;
  ids = new Uint32Array(0);
  #ends = new Uint32Array(0);
  /** Slots of the chunk measured last. */
  #slots = 0;
  #decided = false;

  put(position: number, value: unknown, _context: FillContext): boolean {
    if (typeof value !== 'string' || (this.checked && !value.isWellFormed())) return false;
    if (this.dictionary === undefined) this.parts[position] = value;
    else this.ids[position] = this.dictionary.get(value) ?? this.enter(value);
    this.valid[position] = 1;
    return true;
  }

  /** The text of a filled slot, empty for null. */
  textAt(position: number): string {
    return this.parts[this.dictionary === undefined ? position : (this.ids[position] as number)] ?? '';
  }

  /** Adds an entry to the dictionary; gives its index. */
  enter(value: string): number {
    const id = this.parts.push(value) - 1;
    this.dictionary?.set(value, id);
    return id;
  }

  override putNull(position: number): void {
    super.putNull(position);
    if (this.dictionary === undefined) this.parts[position] = '';
    else this.ids[position] = 0;
  }

  override clear(slots: number): void {
    if (this.dictionary !== undefined) this.ids.fill(0, 0, slots);
    else for (let position = 0; position < slots; position++) this.parts[position] = '';
    super.clear(slots);
  }

  override reset(): void {
    super.reset();
    if (this.dictionary === undefined) return;
    this.dictionary.clear();
    this.parts.length = 0;
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    if (this.dictionary !== undefined) this.ids = grown(this.ids, new Uint32Array(capacity));
  }

  /** Scratch for the end offsets of `count` parts, in UTF-16 units; what is in it stays. */
  endsOf(count: number): Uint32Array {
    if (this.#ends.length < count) this.#ends = new Uint32Array(Math.max(count, this.capacity));
    return this.#ends;
  }

  /** Takes note of the slots of a filled chunk. */
  measured(slots: number): void {
    this.#slots = slots;
  }

  /**
   * Begins the dictionary if the slots of the first chunk are going to have these texts and no others, as {@link adapt} would behind it.
   * `texts` of the slots are texts.
   */
  learn(different: ReadonlySet<string>, texts: number, slots: number): void {
    if (slots < DICTIONARY_MIN_SLOTS || texts < DICTIONARY_MIN_TEXTS || different.size > FEW_TEXTS) return;
    this.#decide(different.size, texts);
  }

  #decide(different: number, texts: number): boolean {
    this.#decided = different * DICTIONARY_TEXTS_PER_ENTRY > texts;
    if (this.#decided) return false;
    this.dictionary = new Map();
    this.ids = new Uint32Array(this.capacity);
    return true;
  }

  /** Begins or gives up the dictionary by what the last chunk showed; true if that changed. */
  override adapt(): boolean {
    const slots = this.#slots;
    this.#slots = 0;
    if (this.#decided || slots < DICTIONARY_MIN_SLOTS) return false;
    const texts = this.#texts(slots);
    if (texts < DICTIONARY_MIN_TEXTS) return false;
    if (this.dictionary === undefined) {
      const nulls = texts < slots ? 1 : 0; // they have an empty text
      return this.#decide(this.#different(texts / DICTIONARY_TEXTS_PER_ENTRY + nulls) - nulls, texts);
    }
    this.#decided = this.parts.length * DICTIONARY_TEXTS_PER_ENTRY > texts * 2;
    if (this.#decided) this.dictionary = undefined;
    return this.#decided;
  }

  /** How many of the texts are different, counted until they are more than `most`: a set puts each into V8's table of strings. */
  #different(most: number): number {
    const seen = new Set<string>();
    for (const part of this.parts) if (seen.add(part).size > most) break;
    return seen.size;
  }

  /** How many of the slots are not null. */
  #texts(slots: number): number {
    if (!this.hasNulls) return slots;
    let texts = 0;
    for (let position = 0; position < slots; position++) texts += this.valid[position] as number;
    return texts;
  }

  describe(): ValuePlan {
    return { t: 'text' };
  }
}

/** The exceptions of a column, or whole rows, as JSON text: cleared at the start of each chunk, so null but where there is one. */
export class ExceptionNode extends TextNode {
  /** Texts of irregular values hardly repeat. */
  override adapt(): boolean {
    return false;
  }
}

/** Any value, as JSON text. */
export class JsonNode extends TextNode {
  constructor(
    name: string,
    capacity: number,
    /** Where in the row the values stand, for messages. */
    readonly path: string,
    /** How many objects and arrays they are inside of. */
    readonly depth: number,
  ) {
    super(name, capacity);
  }

  override put(position: number, value: unknown, context: FillContext): boolean {
    this.parts[position] = encodeValue(value, { row: context.firstRow + context.row, path: this.path, depth: this.depth });
    this.valid[position] = 1;
    return true;
  }

  /** Texts of irregular values hardly repeat. */
  override adapt(): boolean {
    return false;
  }

  override describe(): ValuePlan {
    return { t: 'json' };
  }
}
