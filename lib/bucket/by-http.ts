import type { ClientRequest, IncomingMessage } from 'node:http';
import { nodeHttp } from '../base/node-modules.js';
import type { AnswerHeaders, Exchange, SentBody } from './exchange.js';
import { sizeOf } from './exchange.js';
import { FilePart } from './upload-file.js';

/** So much of a file is in memory while it is sent. */
const PIECE_BYTES = 256 << 10;

/**
 * Requests by Node's own client: bodies of files are sent from one small piece of memory, where `fetch` copies them whole, and those that
 * come cost a third less. The connections are those of the global agents. Redirects are not followed.
 */
export const byHttp: Exchange = async (url, { method, headers, body, signal }) => {
  const { request } = url.startsWith('https:') ? await import('node:https') : nodeHttp();
  const length = body === undefined && (method === 'GET' || method === 'HEAD') ? {} : { 'content-length': String(sizeOf(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { accept: '*/*', 'user-agent': 'arrow-ckpt', ...headers, ...length }, signal });
    // One that comes after the answer has begun is told by its body.
    sent.on('error', reject);
    sent.on('response', (answer) => {
      // A store that refuses a body does not wait for all of it: what it does not want is not sent.
      answer.once('end', () => sent.writableFinished || sent.destroy());
      resolve({ status: answer.statusCode ?? 0, headers: headersOf(answer), body: answer });
    });
    send(sent, body).catch((error: unknown) => sent.destroy(error as Error));
  });
};

async function send(request: ClientRequest, body: SentBody | undefined): Promise<void> {
  if (!(body instanceof FilePart)) {
    request.end(body);
    return;
  }
  const closed = new Promise<void>((resolve) => request.once('close', resolve));
  const memory = new Uint8Array(Math.min(PIECE_BYTES, body.length));
  for (let at = 0; at < body.length && !request.destroyed;) {
    const piece = await body.read(memory, at);
    // Only then the memory is free again. A request that fails before it is connected never says so.
    const written = new Promise<void>((resolve) => request.write(piece, () => resolve()));
    await Promise.race([written, closed]);
    at += piece.length;
  }
  request.end();
}

function headersOf({ headers }: IncomingMessage): AnswerHeaders {
  return {
    get: (name) => {
      const value = headers[name.toLowerCase()];
      return (Array.isArray(value) ? value.join(', ') : value) ?? null;
    },
  };
}
