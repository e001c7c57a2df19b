import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a provider is when it does something: a test may kill its client there. */
export type Stage = 'upload' | 'before accepting' | 'accepted' | 'answered' | 'poll' | 'half of the results' | 'results';

interface Request {
  id: string;
  text: string;
}

interface FakeJob {
  id: string;
  requests: Request[];
  metadata: Record<string, string>;
  looks: number;
  isCancelled: boolean;
}

/** What requests come to: an answer, an error, or nothing. */
export type Fate = 'answer' | 'error' | 'missing';

/**
 * A provider of batch jobs on this machine, with the interfaces of OpenAI and of Anthropic. It counts how often each request was accepted:
 * that is what would be paid for.
 */
export class FakeProvider {
  readonly accepted = new Map<string, number>();
  readonly jobs = new Map<string, FakeJob>();
  /** Looks before a job is done. */
  looks = 2;
  fate: (text: string, times: number) => Fate = () => 'answer';
  state: (job: FakeJob) => string | undefined = () => undefined;
  /** Called at each stage; true: the request is not answered. */
  at: (stage: Stage) => boolean | void = () => {};
  refuse: () => number | undefined = () => undefined;
  readonly #files = new Map<string, string>();
  readonly #server: Server;
  #next = 1;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Requests that were accepted more than once. */
  get twice(): string[] {
    return [...this.accepted].filter(([, times]) => times > 1).map(([text]) => text);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams, origin } = new URL(request.url ?? '', `http://${request.headers.host}`);
    const body = await bodyOf(request);
    const json = (value: unknown, status = 200): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const made = (job: FakeJob): void => {
      if (this.at('accepted') === true) return void response.destroy();
      response.on('finish', () => this.at('answered'));
      json(this.#shown(job, origin, pathname));
    };
    const [, , kind = '', id = '', act = ''] = pathname.replace('/messages/', '/').split('/');
    const isAnthropic = pathname.startsWith('/v1/messages');
    if (kind === 'files' && request.method === 'POST') {
      this.at('upload');
      const file = `file-${this.#next++}`;
      this.#files.set(file, linesOfForm(body));
      return json({ id: file });
    }
    if (kind === 'files' && act === 'content') return this.#lines(response, this.#files.get(id) ?? '');
    if (kind !== 'batches') return json({ error: 'not found' }, 404);
    if (request.method === 'POST' && id === '') {
      const status = this.refuse();
      if (status !== undefined) return json({ error: 'busy' }, status);
      if (this.at('before accepting') === true) return void response.destroy();
      return made(this.#accept(JSON.parse(body) as Record<string, unknown>, isAnthropic));
    }
    if (id === '') {
      const all = [...this.jobs.values()].reverse();
      const from = all.findIndex((job) => job.id === searchParams.get('after')) + 1;
      return json({ data: all.slice(from, from + 2).map((job) => this.#shown(job, origin, pathname)), has_more: from + 2 < all.length });
    }
    const job = this.jobs.get(id);
    if (job === undefined) return json({ error: 'no such batch' }, 404);
    if (act === 'cancel') {
      job.isCancelled = true;
      return json(this.#shown(job, origin, pathname));
    }
    if (act === 'results') return this.#lines(response, this.#results(job, true, true));
    job.looks++;
    if (this.at('poll') === true) return void response.destroy();
    json(this.#shown(job, origin, pathname));
  }

  #accept(body: Record<string, unknown>, isAnthropic: boolean): FakeJob {
    const requests: Request[] = isAnthropic
      ? (body['requests'] as { custom_id: string; params: Prompt }[]).map(({ custom_id: id, params }) => ({ id, text: textOf(params) }))
      : String(this.#files.get(body['input_file_id'] as string))
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as { custom_id: string; body: Prompt })
          .map((line) => ({ id: line.custom_id, text: textOf(line.body) }));
    for (const { text } of requests) this.accepted.set(text, (this.accepted.get(text) ?? 0) + 1);
    const metadata = (body['metadata'] ?? {}) as Record<string, string>;
    const job = { id: `batch-${this.#next++}`, requests, metadata, looks: 0, isCancelled: false };
    this.jobs.set(job.id, job);
    return job;
  }

  #shown(job: FakeJob, origin: string, path: string): unknown {
    const { id, metadata, looks, isCancelled, requests } = job;
    const isDone = looks > this.looks || isCancelled;
    const state = this.state(job) ?? (isCancelled ? 'cancelled' : isDone ? 'completed' : looks > 1 ? 'in_progress' : 'validating');
    if (path.startsWith('/v1/messages')) {
      const counts = { processing: 0, succeeded: isDone ? requests.length : 0, errored: 0, canceled: 0, expired: 0 };
      const results_url = isDone ? `${origin}/v1/messages/batches/${id}/results` : null;
      const cancel_initiated_at = isCancelled ? '2026-01-01T00:00:00Z' : null;
      return { id, processing_status: isDone ? 'ended' : 'in_progress', request_counts: counts, results_url, cancel_initiated_at };
    }
    const files: Record<string, string> = {};
    if (isDone) {
      for (const [name, good] of [
        ['output_file_id', true],
        ['error_file_id', false],
      ] as const) {
        const text = this.#results(job, good, false);
        if (text === '') continue;
        files[name] = `${id}-${name}`;
        this.#files.set(files[name], text);
      }
    }
    return { id, status: state, metadata, request_counts: { completed: isDone ? requests.length : 0 }, ...files };
  }

  /** In another order than they were asked, as of a real provider. */
  #results(job: FakeJob, isGood: boolean, isAnthropic: boolean): string {
    const lines: string[] = [];
    for (const [at, { id, text }] of job.requests.entries()) {
      const fate = job.isCancelled && at >= job.requests.length / 2 ? 'missing' : this.fate(text, this.accepted.get(text) ?? 0);
      if (fate === 'missing') continue;
      const answer = { choices: [{ message: { content: `about ${text}` } }] };
      const message = { content: [{ type: 'text', text: `about ${text}` }] };
      const error = { code: 'bad', message: `no ${text}` };
      if (isAnthropic) {
        const result = fate === 'answer' ? { type: 'succeeded', message } : { type: 'errored', error };
        lines.unshift(JSON.stringify({ custom_id: id, result }));
      } else if (isGood === (fate === 'answer')) {
        const response = fate === 'answer' ? { status_code: 200, body: answer } : { status_code: 400, body: { error } };
        lines.unshift(JSON.stringify({ custom_id: id, response, error: null }));
      }
    }
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }

  #lines(response: ServerResponse, text: string): void {
    response.writeHead(200, { 'content-type': 'application/jsonl' });
    response.write(text.slice(0, text.length / 2));
    if (this.at('half of the results') === true) return void response.destroy();
    response.on('finish', () => this.at('results'));
    response.end(text.slice(text.length / 2));
  }
}

interface Prompt {
  messages: { content: string }[];
}

function textOf({ messages }: Prompt): string {
  return messages[0]?.content ?? '';
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of request.setEncoding('utf8')) body += piece as string;
  return body;
}

/** The file in a form: the lines that are objects. */
function linesOfForm(body: string): string {
  return body
    .split(/\r?\n/)
    .filter((line) => line.startsWith('{'))
    .join('\n');
}
