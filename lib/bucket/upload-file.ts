import { open, type FileHandle } from 'node:fs/promises';
import { nodeCrypto } from '../base/node-modules.js';
import { CheckpointError, fromSystemError } from '../base/errors.js';
import { inParallel } from '../base/in-parallel.js';

/** The size of a part, and the largest object that goes up in one request. */
export const PART_BYTES = 8 << 20;
/** Parts that are on their way at a time. A `fetch` that was given holds each in memory, and once more. */
const PARTS_AT_ONCE = 3;
/** No store takes more parts. */
const MAX_PARTS = 10_000;
/** Hashed at a stretch: less than a ms. */
const HASH_BYTES = 256 << 10;

/** Some bytes of a local file. */
export class FilePart {
  readonly length: number;
  readonly #file: Pick<UploadFile, 'fill'>;
  readonly #start: number;

  constructor(file: Pick<UploadFile, 'fill'>, start: number, end: number) {
    this.#file = file;
    this.#start = start;
    this.length = end - start;
  }

  /** Reads what comes from byte `at` of the part on, as much as `memory` holds, into it. @throws `ERR_CKPT_CHANGED`; `ERR_CKPT_IO` */
  async read(memory: Uint8Array<ArrayBuffer>, at: number): Promise<Uint8Array<ArrayBuffer>> {
    const piece = memory.subarray(0, Math.min(memory.length, this.length - at));
    await this.#file.fill(piece, this.#start + at);
    return piece;
  }

  /** All of them. */
  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.read(new Uint8Array(this.length), 0);
  }

  /** Their MD5 in base64, without holding the event loop. */
  async md5(): Promise<string> {
    const hash = nodeCrypto().createHash('md5');
    const memory = new Uint8Array(Math.min(HASH_BYTES, this.length));
    for (let at = 0; at < this.length; at += memory.length) hash.update(await this.read(memory, at));
    return hash.digest('base64');
  }
}

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

  /** A part of those that it is sent in. */
  part(part: number): FilePart {
    const { start, end } = this.placeOf(part);
    return this.range(start, end);
  }

  range(start: number, end: number): FilePart {
    return new FilePart(this, start, end);
  }

  /** Fills memory with the bytes from `start` on. @throws `ERR_CKPT_CHANGED` when the file ends before */
  async fill(memory: Uint8Array<ArrayBuffer>, start: number): Promise<void> {
    for (let done = 0; done < memory.length;) {
      const { bytesRead } = await this.#handle.read(memory, done, memory.length - done, start + done).catch((error: unknown) => {
        throw fromSystemError(error, 'read', this.#path);
      });
      if (bytesRead === 0)
        throw new CheckpointError('ERR_CKPT_CHANGED', `${this.#path} became shorter while it was sent`, { path: this.#path });
      done += bytesRead;
    }
  }

  /** The MD5 of the whole file, in base64. */
  md5(): Promise<string> {
    return this.range(0, this.size).md5();
  }

  /** Counts bytes as sent. */
  sent(bytes: number): void {
    this.#sent += bytes;
    this.#onBytes?.(this.#sent);
  }

  /** Calls `send` for each part, some at a time. The first failure ends it, when the others have ended. */
  async eachPart(send: (part: number, bytes: FilePart) => Promise<void>): Promise<void> {
    const parts = Array.from({ length: this.parts }, (_, part) => part);
    const sendOne = async (part: number): Promise<void> => {
      const bytes = this.part(part);
      await send(part, bytes);
      this.sent(bytes.length);
    };
    await inParallel(parts, sendOne, PARTS_AT_ONCE);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
