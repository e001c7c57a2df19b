import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a program ended. */
export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** How to start a program. */
export interface Start {
  args?: readonly string[];
  env?: Record<string, string | undefined>;
  /** What it reads from stdin. @default nothing: there is no stdin */
  input?: string;
  /** The folder to run in. @default this process's */
  cwd?: string;
  /** Options of node, before the program. */
  nodeArgs?: readonly string[];
  /** A command to start node with: `['unshare', '-rm', ...]`. */
  through?: readonly string[];
  /** The user to run as. */
  uid?: number;
  /** Milliseconds after which it is killed. @default 60000 */
  timeout?: number;
}

/** Runs a program of `__test__/programs` in a process of its own; a `.ts` one through tsx. Kills it after a time: a hang is a failure. */
export async function runProgram(
  name: string,
  { args = [], env = {}, input, cwd, nodeArgs = [], through = [], uid, timeout = 60_000 }: Start = {},
): Promise<Outcome> {
  const program = fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
  const loader = name.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const [command, ...rest] = [...through, process.execPath, ...nodeArgs, ...loader, program, ...args] as [string, ...string[]];
  const child = spawn(command, rest, {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    timeout,
    ...(cwd !== undefined && { cwd }),
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin?.end(input);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (...how) => resolve(how));
  });
  return { code, signal, stdout, stderr };
}

/** What a program that ended well printed, as JSON. */
export async function resultOf<T>(name: string, start: Start = {}): Promise<T> {
  const { code, signal, stdout, stderr } = await runProgram(name, start);
  if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}:\n${stderr}${stdout}`);
  return JSON.parse(stdout) as T;
}
