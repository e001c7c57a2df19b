import type { HeldLease } from '../base/lock/held-lease.js';
import type { LeaseOptions } from './lease.js';

/** What is published. */
export interface Published {
  /**
   * The checkpoint, too: a new one, `mirrored` with its hash beside it for another program, or the same without some rows.
   * @default not the checkpoint
   */
  final?: 'new' | 'mirrored' | 'less';
  /** What cannot be removed is an error. It is told otherwise, and stays: it does no harm. @default false */
  mustRemove?: boolean;
}

/** What the files of an operation are a copy of: those of a bucket. What is written here is durable when it is there. */
export interface Original {
  /** Takes the lease there, and brings its files here. @throws `ERR_CKPT_LOCKED`; what the bucket throws */
  lease(options: LeaseOptions): Promise<HeldLease>;
  /** Brings its files here without the lease, for who may not write there: {@link close} removes them. @throws what the bucket throws */
  bring(signal: AbortSignal | undefined): Promise<void>;
  /** Removes what is here. A lease that is given back does that, too. */
  close(): Promise<void>;
  /** Brings its kept results here, if that has not been done. */
  bringKept(): Promise<void>;
  /** Whether they are here. */
  readonly hasKept: boolean;
  /** Makes there what was made here, then removes there what was removed here. @throws what the bucket throws; when the lease is lost */
  publish(what: Published): Promise<void>;
  /** The name there of a path here; any other text is returned as it is. */
  nameOf(path: string): string;
  /** An error of a file here as one of the file there. */
  told(error: unknown): unknown;
}
