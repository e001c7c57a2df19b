import type { FileHandle } from 'node:fs/promises';
import { constants } from 'node:buffer';
import { CheckpointError } from '../../../base/errors.js';

/** How much is read at a time: some 5 ms of JSON.parse, which is often doubled by the collection of what it made. */
export const CHUNK_BYTES = 1 << 19;

/** A window on a file that moves forward: what is before `start` is done with and goes when more is read. */
export class FileWindow {
  bytes: Buffer;
  /** The bytes in hand are those from `start` to `end`. */
  start = 0;
  end = 0;
  /** Where `bytes[0]` stands in the file. */
  base = 0;
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #chunkBytes: number;

  constructor(handle: FileHandle, path: string, chunkBytes = CHUNK_BYTES) {
    this.#handle = handle;
    this.path = path;
    this.#chunkBytes = chunkBytes;
    this.bytes = Buffer.allocUnsafeSlow(2 * chunkBytes);
  }

  /**
   * Reads on behind what is in hand; false at the end of the file. What is in hand moves to the front: `base` and `start` change.
   * @throws `ERR_CKPT_LIMIT` when a single row is more than a string can hold
   */
  async more(): Promise<boolean> {
    const kept = this.end - this.start;
    if (kept > constants.MAX_STRING_LENGTH) {
      const message = `${this.path} has a row of more than ${constants.MAX_STRING_LENGTH} bytes from byte ${this.base + this.start} on, which this Node cannot hold in a string`;
      throw new CheckpointError('ERR_CKPT_LIMIT', message, { path: this.path });
    }
    // In step with what is kept, so that a long row is moved a few times only.
    const wanted = Math.max(this.#chunkBytes, kept);
    const target = kept + wanted > this.bytes.length ? Buffer.allocUnsafeSlow(2 * (kept + wanted)) : this.bytes;
    this.bytes.copy(target, 0, this.start, this.end);
    this.bytes = target;
    this.base += this.start;
    this.start = 0;
    const { bytesRead } = await this.#handle.read(target, kept, wanted, this.base + kept);
    this.end = kept + bytesRead;
    return bytesRead > 0;
  }

  /** The next byte but white space, which is passed; -1 at the end of the file. */
  async peek(): Promise<number> {
    for (;;) {
      while (this.start < this.end && isSpace(this.bytes[this.start] as number)) this.start++;
      if (this.start < this.end) return this.bytes[this.start] as number;
      if (!(await this.more())) return -1;
    }
  }
}

/** What JSON takes as white space. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
