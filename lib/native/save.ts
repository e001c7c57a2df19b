import type { WriteOptions } from '../options.js';
import { Slab } from '../columnar/write/chunk-bytes.js';
import type { CheckpointError } from '../errors.js';
import type { Binding, NativeWriter } from './binding.js';
import { nativeError } from './errors.js';
import { DONE, ERROR, FREE } from './events.js';
import { giveSlabs, SLAB_BYTES, takeSlabs } from './slabs.js';

/**
 * One save through the core. Slabs are this side's until `submit`, and again after FREE; in between nobody here touches them.
 * That is the rule that crates/arrow-ckpt-node/src/memory.rs builds on.
 */
export class NativeSave {
  readonly #native: NativeWriter;
  readonly #slabs = takeSlabs();
  readonly #free = this.#slabs.map((_, index) => index);
  #current = -1;
  #used = 0;
  #large: Slab | undefined;
  /** The core has not yet taken in the last record that no slab could hold. */
  #copying = false;
  #error: CheckpointError | undefined;
  #ended = false;
  #saved = { rows: 0, bytes: 0 };
  #wake: (() => void) | undefined;

  constructor(binding: Binding, path: string, options: WriteOptions) {
    const { compression = 'auto', compressionLevel = null, rowGroupRows = null, threads = null } = options;
    const memory = this.#slabs.map((slab) => slab.bytes);
    const text = JSON.stringify({ compression, compressionLevel, rowGroupRows, threads });
    this.#native = new binding.NativeWriter(path, text, memory, (kind, first, second, more) => this.#onEvent(kind, first, second, more));
  }

  #onEvent(kind: number, first: number, second: number, text: string): void {
    if (kind === FREE && first === this.#slabs.length) this.#copying = false;
    else if (kind === FREE) this.#free.push(first);
    else if (kind === ERROR) this.#error = nativeError(text);
    else if (kind === DONE) this.#saved = { rows: first, bytes: second };
    if (kind === ERROR || kind === DONE) {
      this.#ended = true;
      giveSlabs(this.#slabs);
    }
    this.#wake?.();
  }

  /** The slab with room for `bytes` more, or undefined: wait for `makeRoom`. Throws the save's error if it has failed. */
  room(bytes: number): Slab | undefined {
    if (this.#error !== undefined) throw this.#error;
    if (bytes > SLAB_BYTES) {
      if (this.#copying) return undefined;
      if (this.#large === undefined || this.#large.capacity < bytes) this.#large = new Slab(bytes + 7 - ((bytes + 7) % 8));
      return this.#large;
    }
    if (this.#current >= 0 && this.#used + bytes <= SLAB_BYTES) return this.#slabs[this.#current];
    this.#submit();
    const next = this.#free.pop();
    if (next === undefined) return undefined;
    this.#current = next;
    this.#used = 0;
    return this.#slabs[next];
  }

  /** To be awaited when there is no room: resolves when the core has told something, such as that a slab is free or the save has failed. */
  async makeRoom(): Promise<void> {
    if (!this.#ended) await this.#event();
  }

  /** Where in `slab` the next record goes. */
  offset(slab: Slab): number {
    return slab === this.#large ? 0 : this.#used;
  }

  /** Takes note that records fill `slab` up to `end`. */
  filled(slab: Slab, end: number): void {
    if (slab !== this.#large) {
      this.#used = end;
      return;
    }
    this.#submit();
    this.#copying = true;
    this.#native.submitCopy(slab.bytes.subarray(0, end));
  }

  #submit(): void {
    if (this.#current < 0) return;
    this.#native.submit(this.#current, this.#used);
    this.#current = -1;
  }

  /** No more rows: resolves when the file is durable. */
  async finish(keyValues: Record<string, string>): Promise<{ rows: number; bytes: number }> {
    this.#submit();
    this.#native.finish(JSON.stringify(keyValues));
    while (!this.#ended) await this.#event();
    if (this.#error !== undefined) throw this.#error;
    return this.#saved;
  }

  /** Gives the save up: resolves when its temporary is gone. */
  async abort(): Promise<void> {
    this.#native.abort();
    while (!this.#ended) await this.#event();
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
