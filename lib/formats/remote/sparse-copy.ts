import { open, type FileHandle } from 'node:fs/promises';
import { writeAll } from '../../base/commit/write-all.js';
import { inParallel } from '../../base/in-parallel.js';
import type { BucketPlace } from '../../bucket/bucket-of.js';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import type { BucketObject } from '../../options/bucket.js';
import type { ArrivalListener, Arriving } from '../../store/arriving.js';
import type { FallbackOpenOptions, ParquetFile } from '../parquet/fallback/parquet-file.js';
import type { Holder } from '../parquet/references.js';
import { joined, requestsFor, type Range } from './ranges.js';
import { toldByFooter } from './told-by-footer.js';
import { writeBody } from './write-body.js';

/** So much of the end is read first: the footer and the page indexes of most files are in it, those of 300 MB too. */
export const TAIL_BYTES = 120 << 10;
/** Requests that run at a time. */
const AT_ONCE = 6;
/** A footer's length and the magic. */
const END_BYTES = 8;

/** How reading goes on. */
export interface RemoteRunning {
  signal?: AbortSignal | undefined;
  /** Called with the bytes that have come so far. */
  onBytes?: ((bytes: number) => void) | undefined;
  /** How the file is opened: who reads it in the same way need not read its footer again. */
  options?: FallbackOpenOptions | undefined;
}

/** What was read of a footer. */
interface Footer {
  file: ParquetFile | undefined;
  holders: readonly Holder[] | undefined;
  id: string | undefined;
  /** With which options. */
  as: string;
}

/** Bytes that have come, of all objects of one reading. */
export interface BytesCome {
  bytes: number;
}

/** A local file with the bytes of an object that were asked for; elsewhere it has holes. All bytes are of one state of the object. */
export class SparseCopy {
  readonly size: number;
  readonly etag: string;
  /** When it was written, where the store tells. */
  readonly modified: Date | undefined;
  readonly url: string;
  readonly #handle: FileHandle;
  readonly #come: BytesCome;
  #known: Range[] = [];
  /** The last four bytes. */
  #magic = '';
  #footer: Footer | undefined;
  readonly #listeners = new Set<ArrivalListener>();

  private constructor(
    readonly place: BucketPlace,
    /** The local file. */
    readonly path: string,
    handle: FileHandle,
    { size, etag, modified }: BucketObject,
    come: BytesCome,
  ) {
    this.url = place.url;
    this.#handle = handle;
    this.size = size;
    this.etag = etag;
    this.modified = modified;
    this.#come = come;
  }

  /** Begins with the end of an object, with its footer if it is Parquet. The caller closes it, and removes the file. */
  static async of(place: BucketPlace, path: string, found: BucketObject, come: BytesCome, running: RemoteRunning): Promise<SparseCopy> {
    let copy: SparseCopy | undefined;
    try {
      const handle = await open(path, 'w+', 0o600);
      copy = new SparseCopy(place, path, handle, found, come);
      await handle.truncate(found.size);
      await copy.#take(found, running);
      await copy.#begin(running);
      return copy;
    } catch (error) {
      await copy?.close();
      throw fromSystemError(error, 'write', path);
    }
  }

  /** Whether its end is that of a Parquet file, be it encrypted. */
  get isParquet(): boolean {
    return this.size > END_BYTES && (this.#magic === 'PAR1' || this.#magic === 'PARE');
  }

  /** The files that it refers to; undefined where its footer does not tell. */
  get refersTo(): readonly Holder[] | undefined {
    return this.#footer === undefined ? [] : this.#footer.holders;
  }

  /** What others know it by. */
  get id(): string | undefined {
    return this.#footer?.id;
  }

  /** Its footer, if it was read with such options; undefined too where anything is wrong with it. */
  footerOf(options: FallbackOpenOptions): ParquetFile | undefined {
    return this.#footer?.as === asText(options) ? this.#footer.file : undefined;
  }

  /** Reads these bytes of each, as far as they are not there. @throws `ERR_CKPT_CHANGED` when an object is another by now */
  static async fetch(wanted: readonly (readonly [copy: SparseCopy, ranges: readonly Range[]])[], running: RemoteRunning): Promise<void> {
    const requests = wanted.flatMap(([copy, ranges]) => requestsFor(ranges, copy.#known).map((range) => ({ copy, range })));
    await inParallel(requests, ({ copy, range }) => copy.#request(range, running), AT_ONCE);
  }

  /** The file for who reads it while bytes of it come: all that are wanted are there when `fetching` is done. */
  arriving(fetching: Promise<void>): Arriving {
    return {
      listen: (listener) => {
        // The magic is there, whatever was fetched.
        for (const [start, end] of [[0, END_BYTES / 2], ...this.#known] as const) listener.arrived(start, end);
        this.#listeners.add(listener);
        void this.#end(listener, fetching);
        return () => void this.#listeners.delete(listener);
      },
    };
  }

  async #end(listener: ArrivalListener, fetching: Promise<void>): Promise<void> {
    const isThere = (): boolean => this.#listeners.has(listener);
    try {
      await fetching;
      // Then nobody waits for what was not asked for: a hole has no checksum that fits.
      if (isThere()) listener.arrived(0, this.size);
    } catch (error) {
      if (isThere()) listener.failed(error);
    }
  }

  /** Whether all bytes are there. */
  get isWhole(): boolean {
    const [first] = this.#known;
    return this.size === 0 || (first !== undefined && first[0] === 0 && first[1] === this.size);
  }

  /** Throws unless the object is the same as when it was begun. @throws `ERR_CKPT_CHANGED` */
  async checkSame({ signal }: RemoteRunning): Promise<void> {
    const { bucket, key } = this.place;
    const found = await bucket.get(key, { range: { start: 0, end: 1 }, ifMatch: this.etag, ...(signal !== undefined && { signal }) });
    if (found === null || found.etag !== this.etag) throw this.#changed();
    // Frees the connection.
    for await (const _ of found.body);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #request([start, end]: Range, running: RemoteRunning): Promise<void> {
    const { signal } = running;
    const options = { range: { start, end }, ifMatch: this.etag, ...(signal !== undefined && { signal }) };
    const found = await this.place.bucket.get(this.place.key, options);
    if (found === null || found.etag !== this.etag) throw this.#changed();
    const [first, last] = await this.#take(found, running);
    if (first > start || last < end) {
      const message = `cannot read ${this.url}: the bytes ${start} to ${end} were asked for, and ${first} to ${last} came`;
      throw new CheckpointError('ERR_CKPT_BUCKET_ANSWER', message, { path: this.url });
    }
  }

  async #take(found: BucketObject, { onBytes }: RemoteRunning): Promise<Range> {
    const end = await writeBody(this.#handle, found, {
      came: (bytes) => {
        this.#come.bytes += bytes;
        onBytes?.(this.#come.bytes);
      },
      written: (start, end) => {
        this.#known = joined([...this.#known, [start, end]]);
        for (const listener of this.#listeners) listener.arrived(start, end);
      },
    });
    return [found.offset, end];
  }

  /** What every reader looks at: of a Parquet file the magic at both ends, the footer and the page indexes, of another all. */
  async #begin(running: RemoteRunning): Promise<void> {
    if (this.size > END_BYTES) {
      const end = await this.#read(this.size - END_BYTES, END_BYTES);
      this.#magic = end.toString('latin1', 4);
      if (this.isParquet) {
        const footer = Math.max(0, this.size - END_BYTES - end.readUInt32LE(0));
        // A length that cannot be is for the reader to tell.
        if (footer > 4) await SparseCopy.fetch([[this, [[footer, this.size]]]], running);
        if ((this.#known[0]?.[0] ?? 0) > 0) await writeAll(this.#handle, end.subarray(4), 0);
        const { indexes, ...told } = await toldByFooter(this.path, running.options);
        this.#footer = { ...told, as: asText(running.options ?? {}) };
        if (indexes !== undefined) await SparseCopy.fetch([[this, [indexes]]], running);
        return;
      }
    }
    await SparseCopy.fetch([[this, [[0, this.size]]]], running);
  }

  async #read(start: number, length: number): Promise<Buffer> {
    const { buffer } = await this.#handle.read(Buffer.alloc(length), 0, length, start);
    return buffer;
  }

  #changed(): CheckpointError {
    return new CheckpointError('ERR_CKPT_CHANGED', `${this.url} was replaced while it was read; read it again`, { path: this.url });
  }
}

/** The options that a footer is read with, of all that a call has. */
function asText({ verify = true, limits, text, duplicateColumns }: FallbackOpenOptions): string {
  return JSON.stringify([verify, limits, text, duplicateColumns]);
}
