import { nodeCrypto } from '../../../base/node-modules.js';
import type { TypedWriteOptions } from '../column-types.js';
import { lockPool, sharesAnySize, type ShareRequest } from '../pool.js';
import { align8 } from '../../../columnar/layout.js';
import { Slab } from '../../../columnar/write/chunk-bytes.js';
import type { CheckpointError } from '../../../base/errors.js';
import type { Binding, NativeWriter } from '../../../base/addon/binding.js';
import { nativeError } from './native-error.js';
import { DONE, ERROR, FREE, PINS } from './events.js';
import { held } from './held.js';
import type { FileDescription } from './load.js';
import { roomFor } from './room-for.js';
import { nativeOptions, saveSmall, type SmallSave } from './small.js';
import { giveSlabs, SLAB_BYTES, takeSlabs } from './slabs.js';

const warned = new Set<string>();

/** Once for each folder and cause: nothing is lost but room. */
function warnWhole({ root, reflink }: ShareRequest, why: string): void {
  const warning =
    reflink === true
      ? `checkpoints in ${root} share no blocks: the file system cannot (${why}); btrfs and XFS can`
      : `a checkpoint in ${root} is whole, although it shares values with others: ${why}`;
  if (warned.has(warning)) return;
  warned.add(warning);
  process.emitWarning(warning, 'CheckpointWarning');
}

/**
 * One save through the core: a thread of its own from the first full slab on; rows that all fit one slab are saved in one step. Slabs are
 * this side's until `submit`, and again after FREE; in between nobody here touches them. That is the rule that
 * crates/arrow-ckpt-node/src/memory.rs builds on.
 */
export class NativeSave {
  readonly #binding: Binding;
  readonly #path: string;
  readonly #options: TypedWriteOptions;
  #native: NativeWriter | undefined;
  readonly #slabs = takeSlabs();
  readonly #free = this.#slabs.map((_, index) => index);
  #current = -1;
  #used = 0;
  #large: Slab | undefined;
  /** The core has not yet taken in the last record that no slab could hold. */
  #copying = false;
  #error: CheckpointError | undefined;
  #ended = false;
  /** The core waits for the lock of the pool. */
  #pins = false;
  #saved: FileDescription | undefined;
  #wake: (() => void) | undefined;

  constructor(binding: Binding, path: string, options: TypedWriteOptions) {
    this.#binding = binding;
    this.#path = path;
    this.#options = options;
  }

  /** The core's side, from now on. */
  #start(): NativeWriter {
    const memory = this.#slabs.map((slab) => slab.bytes);
    // The core holds on to the callback: this must not, or a save that its user has forgotten would stay for ever, with its thread and its
    // temporary.
    const weak = new WeakRef(this);
    return (this.#native ??= new this.#binding.NativeWriter(this.#path, this.#nativeOptions(), memory, (kind, first, _second, text) => {
      const save = weak.deref();
      if (save !== undefined) save.#onEvent(kind, first, text);
    }));
  }

  #nativeOptions(): string {
    const { sharing } = this.#options;
    if (sharing === undefined) return nativeOptions(this.#options);
    return nativeOptions(this.#options, { ...sharing, id: nodeCrypto().randomBytes(16).toString('hex'), anySize: sharesAnySize() });
  }

  #onEvent(kind: number, first: number, text: string): void {
    if (kind === FREE && first === this.#slabs.length) this.#copying = false;
    else if (kind === FREE) this.#free.push(first);
    else if (kind === PINS) this.#pins = true;
    else if (kind === ERROR) this.#error = nativeError(text);
    else if (kind === DONE) this.#saved = text === '' ? undefined : (JSON.parse(text) as FileDescription);
    if (kind === ERROR || kind === DONE) this.#end();
    this.#wake?.();
  }

  #end(): void {
    this.#ended = true;
    giveSlabs(this.#slabs);
  }

  /** The slab with room for `bytes` more, or undefined: wait for `makeRoom`. Throws the save's error if it has failed. */
  room(bytes: number): Slab | undefined {
    if (this.#error !== undefined) throw this.#error;
    if (bytes > SLAB_BYTES) {
      if (this.#copying) return undefined;
      if (this.#large === undefined || this.#large.capacity < bytes) this.#large = roomFor(bytes, () => new Slab(align8(bytes)));
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
    this.#start().submitCopy(slab.bytes.subarray(0, end));
  }

  /** Appends bytes to the attachment, behind all rows. */
  async attach(bytes: Uint8Array): Promise<void> {
    this.#submit();
    // One copy at a time is on its way.
    while (this.#copying && !this.#ended) await this.#event();
    if (this.#error !== undefined) throw this.#error;
    this.#copying = true;
    this.#start().attach(bytes);
  }

  #submit(): void {
    if (this.#current < 0) return;
    this.#start().submit(this.#current, this.#used);
    this.#current = -1;
  }

  /** No more rows: resolves with the file's description when it is durable; of a small file without what these key-values say. */
  async finish(keyValues: Record<string, string>): Promise<FileDescription | SmallSave> {
    const slab = this.#slabs[this.#current];
    const isSmall = this.#options.sharing === undefined || !sharesAnySize();
    if (this.#native === undefined && slab !== undefined && isSmall)
      return this.#finishSmall(slab.bytes.subarray(0, this.#used), keyValues);
    this.#submit();
    this.#start().finish(JSON.stringify(keyValues));
    while (!this.#ended && !this.#pins) await this.#event();
    if (this.#pins) await this.#commitThin();
    if (this.#error !== undefined) throw this.#error;
    const { sharing } = this.#options;
    const why = this.#saved?.keptWhole;
    if (sharing !== undefined && why !== undefined) warnWhole(sharing, why);
    return this.#saved as FileDescription;
  }

  /** The file refers to others: nobody may remove these before it has its name. */
  async #commitThin(): Promise<void> {
    const { sharing, signal } = this.#options;
    const lock = await lockPool((sharing as ShareRequest).root, signal).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      return (error as Error).message;
    });
    try {
      this.#native?.commit(typeof lock === 'string' ? lock : undefined);
      while (!this.#ended) await this.#event();
    } finally {
      // The file has its name: a lock that stays behind is free, since nobody holds it.
      if (typeof lock !== 'string') await lock.release().catch(() => {});
    }
  }

  async #finishSmall(records: Uint8Array, keyValues: Record<string, string>): Promise<SmallSave> {
    try {
      return await saveSmall(this.#binding, this.#path, nativeOptions(this.#options), records, keyValues);
    } finally {
      this.#end();
    }
  }

  /** Gives the save up: resolves when its temporary is gone. */
  async abort(): Promise<void> {
    if (this.#ended) return;
    if (this.#native === undefined) this.#end();
    this.#native?.abort();
    while (!this.#ended) await this.#event();
  }

  #event(): Promise<void> {
    return held(this, (resolve) => {
      this.#wake = resolve;
    });
  }
}
