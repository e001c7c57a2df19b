import { createReadStream } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { nodeHttp } from '../../base/node-modules.js';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { ANSWERS, Picture } from './answers.js';
import { Checkpoints } from './checkpoints.js';
import { makeToken, refusalOf, SECURITY_HEADERS } from './guard.js';
import { Places } from './places.js';
import { Query } from './query.js';
import { Questions } from './questions.js';
import { SHELL } from './shell.js';
import { statusOf, troubleOf } from './trouble.js';

/** What a viewer needs. */
interface ViewerStart {
  /** Directories, files, URLs. */
  paths: readonly string[];
  /** 0: any that is free. */
  port: number;
  /** The folder with the page's script and style. */
  assets: string;
}

/** A server that shows checkpoints to browsers of this machine. */
export interface Viewer {
  /** The address, with its token. */
  url: string;
  close(): Promise<void>;
}

const ASSETS: Readonly<Record<string, string>> = {
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
};

/** Starts a viewer. @throws what is wrong with a path; `ERR_CKPT_IO` for a port that is taken */
export async function startViewer({ paths, port, assets }: ViewerStart): Promise<Viewer> {
  const places = new Places(paths);
  const ended = new AbortController();
  const checkpoints = new Checkpoints(places, ended.signal);
  const questions = new Questions(paths);
  // What is wrong with a path as a whole is told at once, and the first page finds the folders warm.
  await places.list();
  const token = makeToken();
  const server = nodeHttp().createServer((request, response) => {
    void answer({ request, response, token, assets, places, checkpoints, questions, ended: ended.signal });
  });
  await listening(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${token}/`,
    close: async () => {
      ended.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await checkpoints.close();
      await questions.close();
    },
  };
}

async function listening(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') throw fromSystemError(error, 'listen on', `port ${port}`);
    const message = `port ${port} is taken, perhaps by another viewer; choose another by --port, or leave it out for one that is free`;
    throw new CheckpointError('ERR_CKPT_IO', message, { cause: error });
  }
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  token: string;
  assets: string;
  places: Places;
  checkpoints: Checkpoints;
  questions: Questions;
  ended: AbortSignal;
}

async function answer(exchange: Exchange): Promise<void> {
  const { request, response, token, assets, places, checkpoints, questions, ended } = exchange;
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const refused = refusalOf(request, token);
  if (refused !== undefined) return send(exchange, refused.status, 'text/plain; charset=utf-8', `${refused.text}\n`);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, , name = '', ask = '', ...more] = pathname.split('/');
  if (pathname === `/${token}`) {
    response.setHeader('location', `/${token}/`);
    return send(exchange, 308, 'text/plain; charset=utf-8', '');
  }
  // A path that climbs out of its token leads nowhere.
  if (!pathname.startsWith(`/${token}/`)) return send(exchange, 404, 'text/plain; charset=utf-8', 'nothing is here\n');
  const type = ASSETS[name];
  if (name === '') return send(exchange, 200, 'text/html; charset=utf-8', SHELL);
  if (type !== undefined && ask === '') return sendFile(exchange, join(assets, name), type);
  const asked = name === 'api' && more.length === 0 && Object.hasOwn(ANSWERS, ask) ? ANSWERS[ask] : undefined;
  if (asked === undefined) return send(exchange, 404, 'text/plain; charset=utf-8', 'nothing is here\n');
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const given = await asked({ places, checkpoints, questions, query: new Query(searchParams), signal: gone.signal, ended });
    if (given instanceof Picture) send(exchange, 200, given.type, given.bytes);
    else send(exchange, 200, 'application/json; charset=utf-8', JSON.stringify(given));
  } catch (error) {
    if (gone.signal.aborted) return;
    send(exchange, statusOf(error), 'application/json; charset=utf-8', JSON.stringify({ error: troubleOf(error) }));
  }
}

function send({ request, response }: Exchange, status: number, type: string, body: string | Uint8Array): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function sendFile(exchange: Exchange, path: string, type: string): void {
  const { request, response } = exchange;
  const file = createReadStream(path);
  file.once('error', () =>
    send(exchange, 404, 'text/plain; charset=utf-8', 'this file of the viewer is missing: install the package again\n'),
  );
  file.once('open', () => {
    response.writeHead(200, { 'content-type': type });
    // Closes the file where nobody waits for it any more, too.
    if (request.method === 'HEAD') response.end(() => file.destroy());
    else pipeline(file, response, () => {});
  });
}
