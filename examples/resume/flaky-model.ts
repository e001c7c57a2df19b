// A model behind HTTP as models are: slow, sometimes too busy, sometimes broken, sometimes silent.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the model has done. */
export interface Counts {
  /** Requests, whatever came of them. */
  requests: number;
  answered: number;
  /** 429, with `Retry-After`. */
  busy: number;
  /** 500. */
  broken: number;
  /** 400: the row itself is wrong. */
  refused: number;
  /** Never answered. */
  silent: number;
}

export interface FlakyModel {
  url: string;
  counts: Counts;
  close(): void;
}

/**
 * Starts a model on a port of this machine that answers a posted row with what `answer` makes of it, mostly, and says what that took. A row
 * of which it makes undefined is refused.
 */
export async function startFlakyModel(answer: (row: Record<string, unknown>) => unknown, slowestMs = 60): Promise<FlakyModel> {
  const counts: Counts = { requests: 0, answered: 0, busy: 0, broken: 0, refused: 0, silent: 0 };
  const respond = async (body: string, response: ServerResponse): Promise<void> => {
    counts.requests++;
    const luck = Math.random();
    if (luck < 0.01) return void counts.silent++;
    if (luck < 0.06) {
      counts.busy++;
      return void response.writeHead(429, { 'retry-after': '0.1' }).end();
    }
    await sleep(Math.random() * slowestMs);
    if (luck < 0.09) {
      counts.broken++;
      return void response.writeHead(500).end();
    }
    const result = answer(JSON.parse(body) as Record<string, unknown>);
    if (result === undefined) {
      counts.refused++;
      return void response.writeHead(400).end();
    }
    counts.answered++;
    const usage = { input_tokens: body.length, output_tokens: JSON.stringify(result).length };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ result, usage }));
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => void respond(body, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    counts,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
