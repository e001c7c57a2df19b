import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A call as the service saw it, by its own clock. */
export interface Seen {
  at: number;
  answered: number;
  status: number;
  tokens: number;
}

/** A service that takes so many calls in a time, in a process of its own: see programs/limited-server.mjs. */
export class LimitedServer {
  private constructor(
    readonly url: string,
    readonly close: () => void,
  ) {}

  static async start(): Promise<LimitedServer> {
    const program = fileURLToPath(new URL('../programs/limited-server.mjs', import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    return new LimitedServer(`http://127.0.0.1:${String(port).trim()}`, () => child.stdin.end());
  }

  async set(settings: Record<string, string | number>): Promise<void> {
    await this.ask('set', settings);
  }

  async ask(path: string, settings: Record<string, string | number> = {}): Promise<Response> {
    const query = queryOf(settings);
    return fetch(`${this.url}/${path}?${query}`);
  }

  /** A call; throws the answer where the service refuses. */
  async call(settings: Record<string, string | number>, signal?: AbortSignal): Promise<string> {
    const query = queryOf(settings);
    const response = await fetch(`${this.url}/call?${query}`, signal === undefined ? {} : { signal });
    const text = await response.text();
    if (!response.ok) throw Object.assign(new Error(`the service answered ${response.status}`), { status: response.status, response });
    return text;
  }

  /** What it has seen so far counts no more; its limit stays. */
  async forget(): Promise<void> {
    await this.ask('forget');
  }

  async seen(): Promise<Seen[]> {
    return (await (await this.ask('seen')).json()) as Seen[];
  }
}

function queryOf(settings: Record<string, string | number>): URLSearchParams {
  return new URLSearchParams(Object.entries(settings).map(([name, value]): [string, string] => [name, String(value)]));
}

/** The most of what arrived in any stretch of so many ms. */
export function mostIn(seen: readonly Seen[], interval: number, of: (call: Seen) => number = () => 1): number {
  const sorted = [...seen].sort((a, b) => a.at - b.at);
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const call of sorted) {
    sum += of(call);
    while ((sorted[first] as Seen).at <= call.at - interval) sum -= of(sorted[first++] as Seen);
    most = Math.max(most, sum);
  }
  return most;
}
