import { readFileSync } from 'node:fs';
import {
  CheckpointError,
  type Bucket,
  type BucketDeleteOptions,
  type BucketEntry,
  type BucketGetOptions,
  type BucketObject,
} from 'arrow-ckpt';
import type { BucketPutOptions } from 'arrow-ckpt';

/** A driver of a user's: objects in memory, with conditions. */
export class MemoryBucket implements Bucket {
  readonly conditional: boolean;
  readonly objects = new Map<string, { bytes: Buffer; etag: string; modified: Date }>();
  /** What was asked, as `get key`. */
  readonly calls: string[] = [];
  #etags = 0;

  constructor(conditional = true) {
    this.conditional = conditional;
  }

  async get(key: string, { range, ifMatch, signal }: BucketGetOptions = {}): Promise<BucketObject | null> {
    this.#note('get', key, signal);
    const found = this.objects.get(key);
    if (found === undefined) return null;
    const { bytes, etag, modified } = found;
    if (ifMatch !== undefined && ifMatch !== etag) throw new CheckpointError('ERR_CKPT_CHANGED', `${key} is another`);
    const size = bytes.length;
    const start = range === undefined ? 0 : 'last' in range ? Math.max(0, size - range.last) : Math.min(range.start, size);
    const part = bytes.subarray(start, range !== undefined && 'end' in range ? range.end : undefined);
    return { body: pieces(part), offset: start, etag, size, modified };
  }

  async put(key: string, file: string, { ifAbsent, ifMatch, signal, onBytes }: BucketPutOptions = {}): Promise<{ etag: string }> {
    this.#note('put', key, signal);
    const found = this.objects.get(key);
    const isUnmet = (ifAbsent === true && found !== undefined) || (ifMatch !== undefined && ifMatch !== found?.etag);
    if (isUnmet && this.conditional) throw new CheckpointError('ERR_CKPT_CONDITION', `there is another ${key}`);
    const bytes = readFileSync(file);
    const etag = `e${this.#etags++}`;
    this.objects.set(key, { bytes, etag, modified: new Date() });
    onBytes?.(bytes.length);
    return { etag };
  }

  async *list(prefix: string, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<BucketEntry, void, undefined> {
    this.#note('list', prefix, signal);
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
      const found = this.objects.get(key);
      if (found !== undefined) yield { key, size: found.bytes.length, etag: found.etag, modified: found.modified };
    }
  }

  async delete(key: string, { ifMatch, signal }: BucketDeleteOptions = {}): Promise<void> {
    this.#note('delete', key, signal);
    const found = this.objects.get(key);
    if (ifMatch !== undefined && found !== undefined && found.etag !== ifMatch)
      throw new CheckpointError('ERR_CKPT_CONDITION', `there is another ${key}`);
    this.objects.delete(key);
  }

  #note(call: string, key: string, signal: AbortSignal | undefined): void {
    if (signal?.aborted === true) throw signal.reason;
    this.calls.push(`${call} ${key}`);
  }
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.length > 0) yield bytes;
}
