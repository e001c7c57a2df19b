import { hostname } from 'node:os';

/**
 * A variable of the environment; undefined where there is none, and where the runtime does not let us look (Deno without `--allow-env`).
 */
export function environment(name: string): string | undefined {
  try {
    return process.env[name];
  } catch {
    return undefined;
  }
}

/** The name of the machine; empty where the runtime does not let us ask (Deno without `--allow-sys`). */
export function hostName(): string {
  try {
    return hostname();
  } catch {
    return '';
  }
}
