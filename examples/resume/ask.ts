// A call of a model, and what to do when it fails: all that a pipeline needs beside `map`.
import type { MapContext, RetryOptions, Row } from 'arrow-ckpt';

/** A status that is no answer. */
class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly retryAfterSeconds: number,
  ) {
    super(`the model answered ${status}`);
  }
}

/** Posts a row to the model; resolves with its answer. */
export async function ask(url: string, row: Row, { signal }: MapContext): Promise<Row> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(row), signal });
  if (!response.ok) throw new HttpError(response.status, Number(response.headers.get('retry-after') ?? Number.NaN));
  return (await response.json()) as Row;
}

/** Tries again what may work the next time, and waits as long as the server asks. A request that is itself wrong (400) fails at once. */
export const RETRIES: RetryOptions = {
  times: 8,
  minDelay: 50,
  retryIf: (error) => {
    if (!(error instanceof HttpError)) return true; // a timeout, a connection that broke
    if (error.status === 429 && error.retryAfterSeconds > 0) return error.retryAfterSeconds * 1000;
    return error.status === 429 || error.status >= 500;
  },
};
