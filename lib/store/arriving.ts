/** Who reads a file while it comes. */
export interface ArrivalListener {
  /** These bytes are there. */
  arrived(start: number, end: number): void;
  /** No more come. */
  failed(error: unknown): void;
}

/** A local file of full length some bytes of which are still on their way: who reads them waits. */
export interface Arriving {
  /** Tells of the bytes that are there, and of those that come. What it returns ends that. */
  listen(listener: ArrivalListener): () => void;
}
