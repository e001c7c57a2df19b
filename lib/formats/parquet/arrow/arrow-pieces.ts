import { throwIfAborted, watchAbort } from '../../../base/halt.js';
import { nativeError } from '../native/native-error.js';

/** What gives the pieces of an IPC stream: the binding's `NativeIpc`. */
export interface PieceSource {
  next(): Promise<Uint8Array | null>;
  close(): void;
}

/** The pieces in order. Stopping early, an abort, and `source.close` from elsewhere end the decoding. */
export async function* arrowPieces(source: PieceSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
  const unwatch = signal && watchAbort(signal, () => source.close());
  try {
    for (;;) {
      throwIfAborted(signal);
      const piece = await source.next().catch((error: Error) => {
        throwIfAborted(signal);
        throw nativeError(error.message);
      });
      throwIfAborted(signal);
      if (piece === null) return;
      yield piece;
    }
  } finally {
    unwatch?.();
    source.close();
  }
}
