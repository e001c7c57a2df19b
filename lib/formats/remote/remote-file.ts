import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAll } from '../../base/commit/write-all.js';
import type { BucketPlace } from '../../bucket/bucket-of.js';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import type { BucketObject } from '../../options/bucket.js';
import { extensionOf } from './extension-of.js';
import { remoteFolder } from '../../bucket/remote-folder.js';
import { pageIndexRange } from './page-index-range.js';
import { joined, requestsFor, type Range } from './ranges.js';

/** So much of the end is read first: the footer of most files is in it. */
const TAIL_BYTES = 64 << 10;
/** Requests that run at a time. */
const AT_ONCE = 6;
/** A footer's length and the magic. */
const END_BYTES = 8;

/** How reading goes on. */
export interface RemoteRunning {
  signal?: AbortSignal | undefined;
  /** Called with the bytes that have come so far. */
  onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * A local file with the bytes of an object that were asked for; elsewhere it has holes. All bytes are of one state of the object. It must
 * be closed, which removes it.
 */
export class RemoteFile {
  readonly url: string;
  /** The local file. Its name ends as the object's. */
  readonly path: string;
  readonly size: number;
  readonly etag: string;
  /** When it was written, where the store tells. */
  readonly modified: Date | undefined;
  readonly #place: BucketPlace;
  readonly #folder: string;
  readonly #handle: FileHandle;
  #known: Range[] = [];
  #bytes = 0;
  /** The last four bytes. */
  #magic = '';

  private constructor(place: BucketPlace, folder: string, path: string, handle: FileHandle, { size, etag, modified }: BucketObject) {
    this.#place = place;
    this.url = place.url;
    this.#folder = folder;
    this.path = path;
    this.#handle = handle;
    this.size = size;
    this.etag = etag;
    this.modified = modified;
  }

  /** Reads the end of an object, with its footer if it is Parquet. @throws `ERR_CKPT_NOT_FOUND`; what the bucket throws */
  static async open(place: BucketPlace, running: RemoteRunning): Promise<RemoteFile> {
    const { url } = place;
    const found = await RemoteFile.find(place, running);
    if (found === null) throw new CheckpointError('ERR_CKPT_NOT_FOUND', `cannot read ${url}: there is no such object`, { path: url });
    return found;
  }

  /** The same; null where there is no such object. */
  static async find(place: BucketPlace, { signal, onBytes }: RemoteRunning): Promise<RemoteFile | null> {
    const { bucket, key } = place;
    const found = await bucket.get(key, { range: { last: TAIL_BYTES }, ...(signal !== undefined && { signal }) });
    if (found === null) return null;
    const folder = await remoteFolder();
    const path = join(folder, `object${extensionOf(key)}`);
    let file: RemoteFile | undefined;
    try {
      const handle = await open(path, 'w+', 0o600);
      file = new RemoteFile(place, folder, path, handle, found);
      await handle.truncate(found.size);
      await file.#take(found, onBytes);
      await file.#begin({ signal, onBytes });
      return file;
    } catch (error) {
      if (file === undefined) await rm(folder, { recursive: true, force: true });
      else await file.close();
      throw fromSystemError(error, 'write', path);
    }
  }

  /** Whether its end is that of a Parquet file, be it encrypted. */
  get isParquet(): boolean {
    return this.size > END_BYTES && (this.#magic === 'PAR1' || this.#magic === 'PARE');
  }

  /** Reads these bytes, as far as they are not there. @throws `ERR_CKPT_CHANGED` when the object is another by now */
  async fetch(wanted: readonly Range[], running: RemoteRunning): Promise<void> {
    const requests = requestsFor(wanted, this.#known);
    let failure: { error: unknown } | undefined;
    const work = async (): Promise<void> => {
      for (let next = requests.shift(); next !== undefined && failure === undefined; next = requests.shift()) {
        try {
          await this.#request(next, running);
        } catch (error) {
          failure ??= { error };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, requests.length) }, work));
    if (failure !== undefined) throw failure.error;
  }

  /** Reads all that is not there. */
  all(running: RemoteRunning): Promise<void> {
    return this.fetch([[0, this.size]], running);
  }

  async close(): Promise<void> {
    await this.#handle.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #request([start, end]: Range, { signal, onBytes }: RemoteRunning): Promise<void> {
    const options = { range: { start, end }, ifMatch: this.etag, ...(signal !== undefined && { signal }) };
    const found = await this.#place.bucket.get(this.#place.key, options);
    if (found === null || found.etag !== this.etag) throw this.#changed();
    const [first, last] = await this.#take(found, onBytes);
    if (first > start || last < end) {
      const message = `cannot read ${this.url}: the bytes ${start} to ${end} were asked for, and ${first} to ${last} came`;
      throw new CheckpointError('ERR_CKPT_BUCKET_ANSWER', message, { path: this.url });
    }
  }

  /** Writes a body to its place. */
  async #take({ body, offset }: BucketObject, onBytes: ((bytes: number) => void) | undefined): Promise<Range> {
    let at = offset;
    for await (const piece of body) {
      await writeAll(this.#handle, piece, at);
      at += piece.length;
      this.#bytes += piece.length;
      onBytes?.(this.#bytes);
    }
    this.#known = joined([...this.#known, [offset, at]]);
    return [offset, at];
  }

  /** What every reader looks at: of a Parquet file the magic at both ends, the footer and the page indexes, of another all. */
  async #begin(running: RemoteRunning): Promise<void> {
    if (this.size > END_BYTES) {
      const end = await this.#read(this.size - END_BYTES, END_BYTES);
      this.#magic = end.toString('latin1', 4);
      if (this.isParquet) {
        const footer = Math.max(0, this.size - END_BYTES - end.readUInt32LE(0));
        // A length that cannot be is for the reader to tell.
        if (footer > 4) await this.fetch([[footer, this.size]], running);
        if ((this.#known[0]?.[0] ?? 0) > 0) await writeAll(this.#handle, end.subarray(4), 0);
        const indexes = await pageIndexRange(this.path);
        if (indexes !== undefined) await this.fetch([indexes], running);
        return;
      }
    }
    await this.all(running);
  }

  async #read(start: number, length: number): Promise<Buffer> {
    const { buffer } = await this.#handle.read(Buffer.alloc(length), 0, length, start);
    return buffer;
  }

  #changed(): CheckpointError {
    return new CheckpointError('ERR_CKPT_CHANGED', `${this.url} was replaced while it was read; read it again`, { path: this.url });
  }
}
