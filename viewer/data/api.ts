import type { Trouble } from '../../lib/cli/view/wire.js';

/** What the server said, or that there is none any more. */
export class Refused extends Error {
  readonly code: string;

  constructor({ code, message }: Trouble) {
    super(message);
    this.code = code;
  }
}

/** The code of a request that no server answered. */
export const NO_SERVER = 'NO_SERVER';

/** What a question is asked with. A list is one parameter for each element. */
export type Asked = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Asks the server that gave the page. @throws Refused; what `signal` aborts with */
export async function ask<T>(question: string, asked: Asked = {}, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(addressOf(question, asked), { cache: 'no-store', ...(signal !== undefined && { signal }) });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new Refused({ code: NO_SERVER, message: 'the viewer has ended: start it again with arrow-ckpt view' });
  }
  const given: unknown = await response.json().catch(() => null);
  if (response.ok) return given as T;
  const told = (given as { error?: Trouble } | null)?.error;
  throw new Refused(
    told ?? { code: `HTTP_${response.status}`, message: 'the server of this page is another one: open the address of the viewer' },
  );
}

/** The address of an answer, for pictures too. */
export function addressOf(question: string, asked: Asked): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const one of value) params.append(name, one);
    else params.append(name, String(value));
  }
  return `api/${question}?${params}`;
}
