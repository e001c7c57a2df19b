import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { azureDialect } from './azure-dialect.js';
import type { Dialect, StubAnswer, StubRequest } from './dialect.js';
import { googleDialect } from './google-dialect.js';
import { StubObjects } from './objects.js';
import { s3Dialect, STUB_BUCKET } from './s3-dialect.js';

/**
 * What a stub does wrong, to a request that is carried out or not:
 * `503`, `429`: the store is busy. `lost`: carried out, and the connection ends without an answer. `unheard`: the same, not carried out.
 * `reset`, `cut`, `slow`: half the body, and then a reset, an end, or nothing. `short`: the length is half of what it should be.
 * `no-ranges`: all of the object for any range. `replaced`: another object is there from this request on. `html`: a page.
 * `redirect`: to another host. `skew`: the clock of the store is half an hour behind.
 */
export const FAULTS = [
  '503',
  '429',
  'lost',
  'unheard',
  'reset',
  'cut',
  'slow',
  'short',
  'no-ranges',
  'replaced',
  'html',
  'redirect',
  'skew',
] as const;
export type Fault = (typeof FAULTS)[number];

export const DIALECTS = ['s3', 'google', 'azure', 'http'] as const;
export type DialectName = (typeof DIALECTS)[number];

interface Trouble {
  fault: Fault;
  /** Requests that it strikes. */
  when: (request: StubRequest) => boolean;
  /** How many requests pass first, and how many are struck then. */
  after: number;
  times: number;
}

/** Web servers: keys are paths below the bucket. */
const httpDialect: Dialect = (request, objects) => {
  const answer = s3Dialect(request, objects);
  return answer.status === 404 ? { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>not found</html>' } : answer;
};

const BY_NAME: Record<DialectName, Dialect> = { s3: s3Dialect, google: googleDialect, azure: azureDialect, http: httpDialect };

/** A store on loopback that is faithful until it is told to do something wrong. */
export class BucketStub {
  readonly objects = new StubObjects();
  /** Method, path and query of each request, in order. */
  readonly requests: string[] = [];
  /** Bytes of bodies that were sent out. */
  sentBytes = 0;
  /** Before each answer. @unit ms */
  latency = 0;
  readonly #dialect: Dialect;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #troubles: Trouble[] = [];

  constructor(dialect: DialectName) {
    this.#dialect = BY_NAME[dialect];
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Does something wrong from now on. */
  fail(fault: Fault, { when = () => true, after = 0, times = 1 }: Partial<Omit<Trouble, 'fault'>> = {}): void {
    this.#troubles.push({ fault, when, after, times });
  }

  /** As if nothing had been. */
  reset(): void {
    this.#troubles = [];
    this.objects.all.clear();
    this.objects.uploads.clear();
    this.requests.length = 0;
    this.sentBytes = 0;
    this.latency = 0;
  }

  /** Nothing is wrong from now on. */
  mend(): void {
    this.#troubles = [];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of incoming) pieces.push(piece as Buffer);
    } catch {
      // The caller has gone: nothing is carried out.
      return;
    }
    const url = new URL(incoming.url ?? '/', this.origin);
    const headers = incoming.headers as Record<string, string>;
    const request = { method: incoming.method ?? '', url, headers, body: Buffer.concat(pieces), origin: this.origin };
    this.requests.push(`${request.method} ${incoming.url}`);
    if (this.latency > 0) await delay(this.latency);
    const fault = this.#strike(request);
    const early = fault === undefined ? undefined : before(fault);
    if (early !== undefined) return this.#send(response, early);
    if (fault === 'unheard') return void incoming.socket.destroy();
    if (fault === 'replaced') for (const [key, { bytes }] of this.objects.all) this.objects.put(key, Buffer.from(bytes).fill(7));
    if (fault === 'no-ranges') delete headers['range'];
    const answer = this.#dialect(request, this.objects);
    if (fault === 'lost') return void incoming.socket.destroy();
    if (fault === 'short') return this.#short(response, answer);
    if (fault === 'reset' || fault === 'cut' || fault === 'slow') return this.#broken(fault, incoming, response, answer);
    this.#send(response, answer, request.method === 'HEAD');
  }

  #strike(request: StubRequest): Fault | undefined {
    const trouble = this.#troubles.find((one) => one.times > 0 && one.when(request));
    if (trouble === undefined) return undefined;
    if (trouble.after-- > 0) return undefined;
    trouble.times--;
    return trouble.fault;
  }

  #send(response: ServerResponse, { status, headers, body = '' }: StubAnswer, isHead = false): void {
    response.writeHead(status, { ...(isHead ? {} : { 'content-length': Buffer.byteLength(body) }), ...headers });
    if (isHead) return void response.end();
    this.sentBytes += Buffer.byteLength(body);
    response.end(body);
  }

  #short(response: ServerResponse, { status, headers, body = '' }: StubAnswer): void {
    const half = Buffer.from(body).subarray(0, Math.floor(Buffer.byteLength(body) / 2));
    response.writeHead(status, { ...headers, 'content-length': half.length });
    response.end(half);
  }

  #broken(fault: 'reset' | 'cut' | 'slow', { socket }: IncomingMessage, response: ServerResponse, answer: StubAnswer): void {
    const body = Buffer.from(answer.body ?? '');
    response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
      if (fault === 'reset') socket.resetAndDestroy();
      else if (fault === 'cut') socket.end();
    });
    // A body of nothing goes out with its head.
    if (body.length === 0) response.flushHeaders();
  }
}

/** Answers that are given before anything is carried out. */
function before(fault: Fault): StubAnswer | undefined {
  if (fault === '503') return { status: 503, headers: { 'content-type': 'application/xml' }, body: '<Error><Code>SlowDown</Code></Error>' };
  if (fault === '429') return { status: 429, headers: { 'retry-after': '1' } };
  if (fault === 'html') return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body>Sign in</body></html>' };
  if (fault === 'redirect') return { status: 307, headers: { location: 'http://elsewhere.invalid/canary-secret' } };
  if (fault !== 'skew') return undefined;
  const date = new Date(Date.now() - 30 * 60_000).toUTCString();
  const body = '<Error><Code>RequestTimeTooSkewed</Code></Error>';
  return { status: 403, headers: { date, 'content-type': 'application/xml' }, body };
}

export { STUB_BUCKET };
