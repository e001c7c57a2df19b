import { CheckpointError } from '../../base/errors.js';
import { show } from '../../base/messages.js';
import { hivePair, type HivePair } from './hive.js';
import { compareNames, isBatch, isByEngine, isIgnored, isMarker, isPart, tableOf } from './part-names.js';

/** Folders `key=value` in each other. */
const MAX_KEYS = 16;

/** A part by its names. */
export interface FoundPart {
  /** The folder's entries on the way, and the name. */
  steps: readonly string[];
  pairs: readonly HivePair[];
}

/** Gathers the parts of a folder from the names in it, and says why it is none of parts. It looks at nothing itself. */
export class FoundParts {
  readonly #folder: string;
  readonly #most: number;
  readonly #found: FoundPart[] = [];
  #looked = 0;
  #hasMarker = false;

  constructor(folder: string, most: number) {
    this.#folder = folder;
    this.#most = most;
  }

  /** Counts an entry. @throws `ERR_CKPT_LIMIT` */
  count(): void {
    if (++this.#looked > 2 * this.#most + 1024) throw this.#tooMany('entries');
  }

  /**
   * Whether an entry is data; `depth`: 0 for those of the folder itself. @throws `ERR_CKPT_UNSUPPORTED_FILE` for that of a table with a log
   */
  isData(name: string, depth: number): boolean {
    const table = depth === 0 ? tableOf(name) : undefined;
    if (table !== undefined) {
      const message = `${this.#folder} is a ${table} table, whose log says which files count; read it with a program that knows it`;
      throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', message, { path: this.#folder });
    }
    this.#hasMarker ||= depth === 0 && isMarker(name);
    return !isIgnored(name);
  }

  /** The pairs of what is in a folder in it. @throws `ERR_CKPT_NOT_A_FILE` for one that gives none, `ERR_CKPT_LIMIT` */
  inside(steps: readonly string[], pairs: readonly HivePair[]): HivePair[] {
    const pair = hivePair(steps.at(-1) as string);
    if (pair === undefined) throw this.#noParts(`${show(steps.join('/'))} is a folder in it, and no key=value`);
    if (pairs.length === MAX_KEYS) throw this.#tooMany('folders in each other');
    return [...pairs.filter(([key]) => key !== pair[0]), pair];
  }

  /** Adds what is no folder. @throws `ERR_CKPT_NOT_A_FILE` for what is no part, `ERR_CKPT_LIMIT` */
  add(steps: readonly string[], pairs: readonly HivePair[], isFile = true): void {
    const name = steps.at(-1) as string;
    if (isBatch(steps.at(-2) ?? '', name))
      throw this.#noParts(`${show(steps.slice(0, -1).join('/'))} has batches of a map that has not ended; run it to its end`);
    if (!isFile || !isPart(name)) throw this.#noParts(`${show(steps.join('/'))} in it is no Parquet file`);
    if (this.#found.length === this.#most) throw this.#tooMany('parts');
    this.#found.push({ steps, pairs });
  }

  /** All of them in the order of their names. @throws `ERR_CKPT_NOT_A_FILE` where nothing says that they are parts of one */
  all(): FoundPart[] {
    if (this.#found.length === 0 && !this.#hasMarker) throw this.#noParts('it has none');
    const isNamed = isPart(this.#folder) || this.#hasMarker;
    if (!isNamed && !this.#found.every(({ steps, pairs }) => pairs.length > 0 || isByEngine(steps.at(-1) as string)))
      throw this.#noParts(
        'nothing says so: neither a name that ends in .parquet, nor _SUCCESS, nor names that engines give to parts; read its files one by one',
      );
    return this.#found.sort((a, b) => compareSteps(a.steps, b.steps));
  }

  #noParts(why: string): CheckpointError {
    const message = `cannot read ${this.#folder}: it is a folder, and none of parts: ${why}`;
    return new CheckpointError('ERR_CKPT_NOT_A_FILE', message, { path: this.#folder });
  }

  #tooMany(what: string): CheckpointError {
    const most = what === 'parts' ? ` than ${this.#most}` : '';
    const message = `${this.#folder} has more ${what}${most}; write fewer and larger parts, or read the parts of it that you need`;
    return new CheckpointError('ERR_CKPT_LIMIT', message, { path: this.#folder });
  }
}

function compareSteps(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const order = compareNames(a[at] as string, b[at] as string);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
