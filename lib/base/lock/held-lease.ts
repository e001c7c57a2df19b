/** A lease that is held: by a file of a directory, or by an object of a bucket. */
export interface HeldLease {
  /** Aborted when it is another's by now, with the error as its reason. Undefined where that cannot be while the process runs. */
  readonly signal?: AbortSignal;
  /** Whether this holder still has it, as far as it knows. */
  isHeld(): Promise<boolean>;
  /** Runs what the lease is for: a wait for itself in there is `ERR_CKPT_LOCKED`, and does not last for ever. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** {@link during} for work that is done piece by piece, until `leave`. Undefined where calls of this thread have no turns. */
  enter(): { run<T>(work: () => T): T; leave(): void } | undefined;
  /** Makes sure that this holder still has it, where only the other side knows. @throws `ERR_CKPT_LOCKED` when it has not */
  confirm?(): Promise<void>;
  release(): Promise<void>;
}
