import type { BucketOptions } from '../options/bucket-options.js';
import { byFetch } from './by-fetch.js';
import { byHttp } from './by-http.js';
import type { Exchange } from './exchange.js';

/** Where undici keeps what was given to `setGlobalDispatcher`. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** How requests are made: by the `fetch` that is given, by the global one if a proxy was set for it, else by Node's client. */
export function exchangeOf({ fetch: given }: Pick<BucketOptions, 'fetch'>): Exchange {
  if (given !== undefined) return byFetch(given);
  return (...call) => (isProxied() ? byFetch(fetch) : byHttp)(...call);
}

/** Undici's own dispatcher is an `Agent`. */
function isProxied(): boolean {
  const dispatcher = (globalThis as { [DISPATCHER]?: object })[DISPATCHER];
  return dispatcher !== undefined && dispatcher.constructor.name !== 'Agent';
}
