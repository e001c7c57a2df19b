// A call of a model, and what to do when it fails: all that a pipeline needs beside `map`.
import { retryAfter, type MapContext, type RetryOptions, type Row } from 'arrow-ckpt';

/** What the model answers. */
interface Answer {
  result: Row;
  usage: { input_tokens: number; output_tokens: number };
}

/** Money for a token of a prompt, and of an answer. */
const PRICE = { input: 3e-6, output: 15e-6 };

/** A status that is no answer. `retryAfter` finds the response. */
class HttpError extends Error {
  constructor(readonly response: Response) {
    super(`the model answered ${response.status}`);
  }
}

/** Posts a row to the model; tells what that cost, and resolves with its answer. */
export async function ask(url: string, row: Row, { signal, addUsage }: Pick<MapContext, 'signal' | 'addUsage'>): Promise<Row> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(row), signal });
  if (!response.ok) throw new HttpError(response);
  const { result, usage } = (await response.json()) as Answer;
  const [inputTokens, outputTokens] = [usage.input_tokens, usage.output_tokens];
  addUsage({ inputTokens, outputTokens, cost: inputTokens * PRICE.input + outputTokens * PRICE.output });
  return result;
}

/** Tries again what may work the next time, and waits as long as the server asks. A request that is itself wrong (400) fails at once. */
export const RETRIES: RetryOptions = {
  times: 8,
  minDelay: 50,
  retryIf: (error) => {
    if (!(error instanceof HttpError)) return true; // a timeout, a connection that broke
    const { status } = error.response;
    return retryAfter(error) ?? (status === 429 || status >= 500);
  },
};
