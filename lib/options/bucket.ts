/** Bytes of an object: from `start` to before `end`, which is the end of the object if it is not given; or the `last` ones. */
export type ByteRange = { start: number; end?: number } | { last: number };

/** An object that is being read. */
export interface BucketObject {
  /** The bytes, in pieces, once. */
  body: AsyncIterable<Uint8Array>;
  /** Where in the object the body begins. A store that knows no ranges gives all of it: then it is 0. @unit bytes */
  offset: number;
  /** What tells this state of the object from any other. Opaque: never a checksum. */
  etag: string;
  /** The size of the whole object. @unit bytes */
  size: number;
  /** When it was written, where the store tells: managers show it, and choose the newer of two formats by it. */
  modified?: Date;
}

/** What a listing tells of an object: see {@link BucketObject}. */
export interface BucketEntry {
  key: string;
  size: number;
  etag: string;
  modified?: Date;
}

/** Options of {@link Bucket.get}. */
export interface BucketGetOptions {
  /** @default all of it */
  range?: ByteRange;
  /** Only this state of the object; another is `ERR_CKPT_CHANGED`. */
  ifMatch?: string;
  signal?: AbortSignal;
}

/** Options of {@link Bucket.put}. With neither condition the object is replaced. */
export interface BucketPutOptions {
  /** Only if there is no such object; else it is `ERR_CKPT_CONDITION`. */
  ifAbsent?: boolean;
  /** Only if the object is in this state; else, or if there is none, it is `ERR_CKPT_CONDITION`. */
  ifMatch?: string;
  signal?: AbortSignal;
  /** Called with the number of bytes that have been sent, as it grows. */
  onBytes?: (bytes: number) => void;
}

/** Options of {@link Bucket.delete}. `ifMatch`: only if the object is in this state; another is `ERR_CKPT_CONDITION`. */
export interface BucketDeleteOptions {
  ifMatch?: string;
  signal?: AbortSignal;
}

/**
 * A place that keeps objects by keys. The package has such drivers for S3, Google Cloud Storage, Azure Blob and HTTP; an object of your own
 * with these methods can be given in their place. docs/buckets.md.
 *
 * Promises of every driver:
 * - An object is seen whole, as one `put` wrote it, or not at all. What `put` resolved for is seen by every later call.
 * - Of several `put`s with `ifAbsent`, or with the same `ifMatch`, one succeeds at most. A store that cannot do that says so by
 *   `conditional`.
 * - A failure is a `CheckpointError`, and an abort rejects with `signal.reason`. A `put` that fails leaves the object as it was; if nobody
 *   can know that, it is `ERR_CKPT_UNKNOWN_OUTCOME`, and the call can be made again.
 */
export interface Bucket {
  /** Whether the store obeys `ifAbsent` and `ifMatch` of `put`. */
  readonly conditional: boolean;
  /** Null: there is no such object. The body gives the bytes of one state of the object, or throws. */
  get(key: string, options?: BucketGetOptions): Promise<BucketObject | null>;
  /** Makes an object of a file. Resolves when it is durable and seen. */
  put(key: string, file: string, options?: BucketPutOptions): Promise<{ etag: string }>;
  /** The objects whose keys begin with `prefix`, in the order of their keys, however many there are. */
  list(prefix: string, options?: { signal?: AbortSignal }): AsyncIterable<BucketEntry>;
  /** Removes an object; one that is not there is no failure. */
  delete(key: string, options?: BucketDeleteOptions): Promise<void>;
}
