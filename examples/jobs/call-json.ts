/** An answer that is no success. `mapJobs` knows by `status` whether a request was refused for certain. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Fetches; throws an {@link HttpError} for an answer that is no success. */
export async function call(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.ok) return response;
  throw new HttpError(response.status, `${url} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
}

export async function callJson<T>(url: string, init: RequestInit): Promise<T> {
  return (await (await call(url, init)).json()) as T;
}

/** The lines of a file of JSON lines, as they come. */
export async function* linesOf(response: Response): AsyncGenerator<unknown, void, undefined> {
  let rest = '';
  for await (const text of (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
  if (rest.trim() !== '') yield JSON.parse(rest);
}
