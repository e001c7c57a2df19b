import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';
import { isCheckpointError } from '../../base/errors.js';
import { throwIfAborted } from '../../base/halt.js';
import { invalid } from '../../base/messages.js';
import { isBucketUrl } from '../../options/bucket-url.js';
import { checkFilePath } from '../../options/options.js';
import type { CommonOptions, Context, Run } from '../context.js';
import { needDirectory } from '../directory/folder.js';
import { EXIT } from '../exit-codes.js';
import { failureOf } from '../failure.js';
import { withProgress, type ProgressLine } from '../output/progress.js';
import { Digests } from '../work/digests.js';
import { partOf, partsBelow, wrong, type Part } from '../work/part.js';
import { loadStep, type Step } from '../work/step-module.js';
import { workOn, type Outcome } from '../work/work-on.js';

/** Options of `work`. */
interface WorkFlags extends CommonOptions {
  out: string;
  in?: string;
  claim?: boolean;
}

/** How often whoever found all parts taken looks again. */
const LOOK_MS = 500;

/** `work STEP [PARTS...] --out DIR`: computes the results of parts; their names are arguments or lines of stdin. */
export const run: Run<WorkFlags> = async (context, [path = '', ...names], { out, in: folder, claim = false }) => {
  if (claim && (folder === undefined || names.length > 0)) throw invalid('--claim takes the parts of --in DIR, and no names');
  for (const each of [out, folder]) if (each !== undefined) checkFilePath(each);
  if (folder !== undefined) await needDirectory(folder);
  const step = await loadStep(path);
  const worker = new Worker(context, step);
  await withProgress(context, async (progress) => {
    worker.progress = progress;
    if (claim && folder !== undefined) await worker.claim((await partsBelow(folder, out)).map((name) => partOf(name, folder, out)));
    else for await (const name of names.length > 0 ? names : linesOfInput()) await worker.tell(name, () => partOf(name, folder, out));
  });
  return worker.hasFailed ? EXIT.findings : EXIT.fine;
};

/** Works on one part after the other, and tells what becomes of each. */
class Worker {
  progress: ProgressLine | undefined;
  hasFailed = false;
  readonly #context: Context;
  readonly #step: Step;
  /** A part that others have is looked at again and again. */
  readonly #digests = new Digests();
  /** What was worked on, by where its results go. */
  readonly #inputs = new Map<string, string>();

  constructor(context: Context, step: Step) {
    this.#context = context;
    this.#step = step;
  }

  /** Works on parts that others work on, too: whoever comes first has a part. Ends when all are done, whoever did it. */
  async claim(parts: readonly Part[]): Promise<void> {
    // Not all begin with the same.
    const first = Math.floor(Math.random() * parts.length);
    let left = [...parts.slice(first), ...parts.slice(0, first)];
    while (left.length > 0) {
      const taken: Part[] = [];
      for (const part of left) if (!(await this.tell(part.name, () => part, true))) taken.push(part);
      if (taken.length === left.length) await setTimeout(LOOK_MS, undefined, { signal: this.#context.signal }).catch(() => {});
      left = taken;
    }
  }

  /** Works on a part; a failure is told and the next one may follow. False: another process has the part, and `mayBeTaken`. */
  async tell(name: string, find: () => Part, mayBeTaken = false): Promise<boolean> {
    const { signal, output } = this.#context;
    throwIfAborted(signal);
    let outcome: Outcome;
    try {
      const part = find();
      this.#refuseTwin(part);
      outcome = await workOn(part, this.#step, {
        digests: this.#digests,
        signal,
        onProgress: ({ rows, totalRows }) => this.progress?.update({ what: name, done: rows, total: totalRows, unit: 'rows' }),
      });
    } catch (error) {
      // Ended in order: what was finished is kept.
      throwIfAborted(signal);
      if (mayBeTaken && isCheckpointError(error) && error.code === 'ERR_CKPT_LOCKED') return false;
      output.error(error);
      outcome = { part: name, status: 'failed', path: null, error: failureOf(error) };
    }
    if (outcome.status === 'failed') this.hasFailed = true;
    await output.line(JSON.stringify(outcome));
    return true;
  }

  /** Of parts in several folders that have one name, the second would replace the results of the first. */
  #refuseTwin({ name, input, directory, step, operation }: Part): void {
    const [path, results] = [isBucketUrl(input) ? input : resolve(input), JSON.stringify([directory, step, operation])];
    const other = this.#inputs.get(results) ?? path;
    if (other !== path)
      throw wrong(name, `its results would take the place of those of ${other}; rename it, or give --in the folder of both`);
    this.#inputs.set(results, path);
  }
}

async function* linesOfInput(): AsyncGenerator<string, void, undefined> {
  if (process.stdin.isTTY) throw invalid('work needs parts: their names as arguments or as lines of stdin, or --in DIR --claim');
  for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') yield line;
}
