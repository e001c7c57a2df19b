import { isPlainObject, isPrototypeExtended } from '../../base/rows.js';
import { encodeValue } from '../../base/value/extended-json.js';
import { isLeaf, MARK } from '../../base/value/json-tree.js';
import { MAP_WHOLE } from '../layout.js';
import { grown, type FillContext } from './nodes.js';
import { JsonNode } from './text-nodes.js';

/** UTF-16 units of the texts among the members of a chunk: as JSON, at six units for each, they fit a string of V8. */
const MAX_UNITS = 1 << 26;

/**
 * Objects that are maps, as JSON text. Flat ones do not become text here, one after the other: one `JSON.stringify` serves the members of a
 * whole chunk, and the core puts keys and members together (crates/arrow-ckpt/src/encode/map_text.rs). Each member is read once, as an
 * accessor may give another value the second time.
 *
 * The entries of the dictionary are the keys, as JSON with a colon, and the texts of other objects; the last one is the array of members.
 */
export class MapNode extends JsonNode {
  /** The slots that have an object, and where its entries and members begin: as many as {@link #objects}. */
  #slots: Uint32Array;
  #entryStarts: Uint32Array;
  #memberStarts: Uint32Array;
  #objects = 0;
  /** The key of each member, or a whole text: that is an entry without a member. As many as {@link #entryCount}. */
  #entries = new Uint32Array(1024);
  #entryCount = 0;
  /** The first {@link #memberCount} are of this chunk. An array that is emptied gives its memory away, and grows from nothing again. */
  readonly #members: unknown[] = [];
  #memberCount = 0;
  readonly #keys = new Map<string, number>();
  #units = 0;
  #isExtended = false;
  /** The array of members is among the parts. */
  #isSettled = false;

  constructor(name: string, capacity: number, path: string, depth: number) {
    super(name, capacity, path, depth);
    this.dictionary = this.#keys;
    this.ids = new Uint32Array(capacity);
    this.#slots = new Uint32Array(capacity);
    this.#entryStarts = new Uint32Array(capacity);
    this.#memberStarts = new Uint32Array(capacity);
  }

  override put(position: number, value: unknown, context: FillContext): boolean {
    this.#giveUp(position);
    const entries = this.#entryCount;
    const members = this.#memberCount;
    const object = this.#objects++;
    this.#slots[object] = position;
    this.#entryStarts[object] = entries;
    this.#memberStarts[object] = members;
    if (!this.#putFlat(value)) {
      this.#entryCount = entries;
      this.#memberCount = members;
      const text = encodeValue(value, { row: context.firstRow + context.row, path: this.path, depth: this.depth });
      this.#enter(this.parts.push(text) - 1 + MAP_WHOLE);
    }
    this.valid[position] = 1;
    return true;
  }

  /** Takes an object that has no members but what JSON keeps exactly; else false. */
  #putFlat(value: unknown): boolean {
    if (this.#isExtended || !isPlainObject(value)) return false;
    for (const key in value) {
      const member = value[key];
      if (!isLeaf(member)) return false;
      if (typeof member === 'string' && (this.#units += member.length) > MAX_UNITS) return false;
      let entry = this.#keys.get(key);
      if (entry === undefined) {
        if (key === MARK) return false;
        this.#keys.set(key, (entry = this.parts.push(`${JSON.stringify(key)}:`) - 1));
      }
      this.#enter(entry);
      this.#members[this.#memberCount++] = member;
    }
    return true;
  }

  #enter(entry: number): void {
    const count = this.#entryCount++;
    if (count === this.#entries.length) this.#entries = grown(this.#entries, new Uint32Array(count * 2));
    this.#entries[count] = entry;
  }

  override putNull(position: number): void {
    super.putNull(position);
    this.#giveUp(position);
  }

  /** A slot is put again where its row turned out not to be as planned: what it and those behind it have had goes. */
  #giveUp(position: number): void {
    while (this.#objects > 0 && (this.#slots[this.#objects - 1] as number) >= position) {
      this.#objects--;
      this.#entryCount = this.#entryStarts[this.#objects] as number;
      this.#memberCount = this.#memberStarts[this.#objects] as number;
    }
  }

  override reset(): void {
    super.reset();
    this.#objects = this.#entryCount = this.#memberCount = 0;
    this.#units = 0;
    this.#isExtended = isPrototypeExtended();
    this.#isSettled = false;
  }

  /** Ends the filling of `slots` slots: {@link ids} are their end offsets among {@link entries} then. */
  settle(slots: number): void {
    let next = 0;
    for (let slot = 0; slot < slots; slot++) {
      if (next < this.#objects && this.#slots[next] === slot) next++;
      this.ids[slot] = next < this.#objects ? (this.#entryStarts[next] as number) : this.#entryCount;
    }
    if (this.#isSettled) this.parts.pop();
    this.#members.length = this.#memberCount;
    this.parts.push(JSON.stringify(this.#members));
    this.#isSettled = true;
  }

  get entries(): Uint32Array {
    return this.#entries.subarray(0, this.#entryCount);
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.#slots = grown(this.#slots, new Uint32Array(capacity));
    this.#entryStarts = grown(this.#entryStarts, new Uint32Array(capacity));
    this.#memberStarts = grown(this.#memberStarts, new Uint32Array(capacity));
  }

  /** For the size of a very large row, which is measured by itself. */
  override textAt(position: number): string {
    const place = this.#slots.subarray(0, this.#objects).indexOf(position);
    if (place < 0) return '';
    const member = this.#memberStarts[place] as number;
    const end = place + 1 < this.#objects ? this.#entryStarts[place + 1] : this.#entryCount;
    const texts = Array.from(this.#entries.subarray(this.#entryStarts[place], end), (entry, index) => {
      return entry >= MAP_WHOLE ? this.parts[entry - MAP_WHOLE] : `${this.parts[entry]}${JSON.stringify(this.#members[member + index])}`;
    });
    return `{${texts.join()}}`;
  }
}
