import { readUint } from './read-uint.js';
import { variantFault, variantText } from './variant-fault.js';
import type { TextMode } from '../../options/options.js';

const VERSION = 1;

/** The names in the `metadata` of a VARIANT. Each is made when it is asked for first: a file may have many that no value uses. */
export class VariantNames {
  readonly #bytes: Buffer;
  readonly #column: string;
  readonly #mode: TextMode;
  readonly #width: number;
  readonly #count: number;
  /** Where the offsets and the bytes of the names begin. */
  readonly #offsets: number;
  readonly #texts: number;
  readonly #made: string[] = [];

  /** @throws CheckpointError `ERR_CKPT_CORRUPT`, `ERR_CKPT_UNSUPPORTED_FILE` for another version */
  constructor(bytes: Uint8Array, column: string, mode: TextMode) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#column = column;
    // Names are text, also where values are to be bytes.
    this.#mode = mode === 'lossy' ? 'lossy' : 'strict';
    const header = bytes[0];
    if (header === undefined) throw this.#fault('its metadata are empty');
    if ((header & 15) !== VERSION) throw variantFault(column, `a VARIANT of version ${header & 15}`, 'ERR_CKPT_UNSUPPORTED_FILE');
    this.#width = (header >> 6) + 1;
    if (bytes.length < 1 + this.#width) throw this.#fault('its metadata end early');
    this.#count = readUint(this.#bytes, 1, this.#width);
    this.#offsets = 1 + this.#width;
    this.#texts = this.#offsets + (this.#count + 1) * this.#width;
    if (this.#texts > bytes.length) throw this.#fault(`its metadata end before ${this.#count} names`);
  }

  /** Whether these are the names of such metadata. */
  isOf(bytes: Uint8Array): boolean {
    return this.#bytes.length === bytes.length && this.#bytes.equals(bytes);
  }

  at(index: number): string {
    return (this.#made[index] ??= this.#name(index));
  }

  #name(index: number): string {
    if (index >= this.#count) throw this.#fault(`it has a field of name ${index}, and its metadata have ${this.#count}`);
    const at = this.#offsets + index * this.#width;
    const start = this.#texts + readUint(this.#bytes, at, this.#width);
    const end = this.#texts + readUint(this.#bytes, at + this.#width, this.#width);
    if (start > end || end > this.#bytes.length) throw this.#fault(`name ${index} is not inside its metadata`);
    return variantText(this.#bytes, start, end, this.#column, this.#mode);
  }

  #fault(what: string): Error {
    return variantFault(this.#column, what);
  }
}
