import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { environment } from '../../base/environment.js';

/** Questions that are kept. */
const MOST = 500;

/**
 * The questions of earlier prompts, the last first, as node:readline has them. They are in `ARROW_CKPT_HISTORY`, or in the folder for such
 * things of the user, who alone may read them. Where that cannot be, there are none.
 */
export class History {
  readonly #path: string | undefined;

  constructor() {
    const given = environment('ARROW_CKPT_HISTORY');
    const state = environment('XDG_STATE_HOME') || join(homedir(), '.local/state');
    this.#path = given === undefined ? join(state, 'arrow-ckpt/sql-history') : given === '' ? undefined : given;
  }

  async read(): Promise<string[]> {
    if (this.#path === undefined) return [];
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    const lines = text.split('\n').filter((line) => line !== '');
    if (lines.length > 2 * MOST) await writeFile(this.#path, `${lines.slice(-MOST).join('\n')}\n`, { mode: 0o600 }).catch(() => {});
    return lines.slice(-MOST).reverse();
  }

  /** Keeps a question, as one line. */
  async add(question: string): Promise<void> {
    if (this.#path === undefined) return;
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await appendFile(this.#path, `${question.replaceAll(/\s*\n\s*/g, ' ')}\n`, { mode: 0o600 });
    } catch {
      // A prompt without a history is one, too.
    }
  }
}
