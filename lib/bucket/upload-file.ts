import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { CheckpointError, fromSystemError } from '../base/errors.js';

/** The size of a part, and the largest object that goes up in one request. */
export const PART_BYTES = 8 << 20;
/** Parts that are on their way at a time: each is held in memory, and by `fetch` once more. */
const PARTS_AT_ONCE = 3;
/** No store takes more parts. */
const MAX_PARTS = 10_000;
/** Hashed at a stretch: some 2 ms. */
const HASH_BYTES = 1 << 20;

/** A local file on its way to a bucket. */
export class UploadFile {
  readonly size: number;
  readonly partBytes: number;
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #onBytes: ((bytes: number) => void) | undefined;
  #sent = 0;

  private constructor(path: string, handle: FileHandle, size: number, onBytes: ((bytes: number) => void) | undefined) {
    this.#path = path;
    this.#handle = handle;
    this.size = size;
    // A whole number of MiB: Google takes multiples of 256 KiB.
    this.partBytes = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS / 2 ** 20) * 2 ** 20);
    this.#onBytes = onBytes;
  }

  static async open(path: string, onBytes?: (bytes: number) => void): Promise<UploadFile> {
    try {
      const handle = await open(path, 'r');
      return new UploadFile(path, handle, (await handle.stat()).size, onBytes);
    } catch (error) {
      throw fromSystemError(error, 'read', path);
    }
  }

  get parts(): number {
    return Math.max(1, Math.ceil(this.size / this.partBytes));
  }

  /** Where a part is. */
  placeOf(part: number): { start: number; end: number } {
    const start = part * this.partBytes;
    return { start, end: Math.min(start + this.partBytes, this.size) };
  }

  /** The bytes of a part. */
  async part(part: number): Promise<Uint8Array<ArrayBuffer>> {
    const { start, end } = this.placeOf(part);
    return this.read(start, end);
  }

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(end - start);
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await this.#handle.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0)
        throw new CheckpointError('ERR_CKPT_CHANGED', `${this.#path} became shorter while it was sent`, { path: this.#path });
      done += bytesRead;
    }
    return bytes;
  }

  /** The MD5 of the whole file, in base64. */
  async md5(): Promise<string> {
    const hash = createHash('md5');
    for (let start = 0; start < this.size; start += HASH_BYTES)
      hash.update(await this.read(start, Math.min(start + HASH_BYTES, this.size)));
    return hash.digest('base64');
  }

  /** Counts bytes as sent. */
  sent(bytes: number): void {
    this.#sent += bytes;
    this.#onBytes?.(this.#sent);
  }

  /** Calls `send` for each part, some at a time. The first failure ends it, when the others have ended. */
  async eachPart(send: (part: number, bytes: Uint8Array<ArrayBuffer>) => Promise<void>): Promise<void> {
    let next = 0;
    let failure: { error: unknown } | undefined;
    const work = async (): Promise<void> => {
      while (next < this.parts && failure === undefined) {
        const part = next++;
        try {
          const bytes = await this.part(part);
          await send(part, bytes);
          this.sent(bytes.length);
        } catch (error) {
          failure ??= { error };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARTS_AT_ONCE, this.parts) }, work));
    if (failure !== undefined) throw failure.error;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** The MD5 of some bytes in base64, without holding the event loop. */
export async function md5Of(bytes: Uint8Array): Promise<string> {
  const hash = createHash('md5');
  for (let start = 0; start < bytes.length; start += HASH_BYTES) {
    if (start > 0) await setImmediate();
    hash.update(bytes.subarray(start, start + HASH_BYTES));
  }
  return hash.digest('base64');
}
