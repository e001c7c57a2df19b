const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The object goes on behind the bytes in hand. */
export const GOES_ON = -1;
/** The bytes cannot be of an object: a string has a raw control character, as after a quote that is lost. */
export const BROKEN = -2;

/**
 * Finds the end of a JSON object by its brackets and strings alone; whether it is JSON at all, `JSON.parse` will tell.
 * It remembers where it stopped, so that an object may come in any number of parts.
 */
export class ObjectScan {
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** The index after the end of the object; its first byte is the first that was ever given. Or {@link GOES_ON}, {@link BROKEN}. */
  scan(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    let depth = this.#depth;
    let inString = this.#inString;
    if (this.#escaped && at < to) {
      this.#escaped = false;
      at++;
    }
    while (at < to) {
      if (inString) {
        let byte = bytes[at++] as number;
        while (byte !== QUOTE && byte !== BACKSLASH && byte >= 0x20 && at < to) byte = bytes[at++] as number;
        if (byte === QUOTE) inString = false;
        else if (byte === BACKSLASH) {
          if (at === to) this.#escaped = true;
          at++;
        } else if (byte < 0x20) return BROKEN;
        continue;
      }
      const byte = bytes[at++] as number;
      if (byte === QUOTE) inString = true;
      // `[` and `{`, `]` and `}` differ in one bit; no other byte that may stand outside of strings has the others.
      else if ((byte | 0x20) === 0x7b) depth++;
      else if ((byte | 0x20) === 0x7d && --depth === 0) {
        this.#depth = 0;
        this.#inString = false;
        return at;
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    return GOES_ON;
  }
}
