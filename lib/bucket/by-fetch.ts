import type { Exchange } from './exchange.js';
import { FilePart } from './upload-file.js';

/** Requests by a `fetch`, which takes bodies that are in memory. Redirects are not followed. */
export function byFetch(call: typeof fetch): Exchange {
  return async (url, { method, headers, body, signal }) => {
    const sent = body instanceof FilePart ? await body.bytes() : body;
    return call(url, { method, headers, ...(sent !== undefined && { body: sent }), redirect: 'manual', signal });
  };
}
