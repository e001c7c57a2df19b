import { itemsOf } from '../base/value/items-of.js';
import { nodeCrypto, nodeFs } from '../base/node-modules.js';
import { CheckpointError, fromSystemError } from '../base/errors.js';
import { rowsOfCall } from '../base/rows-of-call.js';
import { checkRow, chunksOf, rowsSource } from '../base/rows-source.js';
import { invalid, show } from '../base/messages.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys } from '../options/options.js';
import type { Row, RowLike } from '../base/rows.js';
import { textOf } from '../base/value/extended-json.js';
import { JsonTree } from '../base/value/json-tree.js';
import { canonicalText } from './canonical-text.js';

/** A function, or the source or version of code as a text. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any function has a source
export type Code = ((...args: any[]) => unknown) | (abstract new (...args: any[]) => unknown) | string;

/** What the results of an operation depend on. */
export interface OperationParts {
  /**
   * The configuration: prompt, model, schema, ... Plain data.
   *
   * The order of keys does not matter, and `undefined` counts as missing.
   */
  config?: unknown;
  /**
   * Code whose change makes results stale.
   *
   * A function counts by its source text, not by what it calls or closes over; a string counts as it is.
   */
  code?: Code | readonly Code[];
  /**
   * The input: rows, or the bytes of files, whatever their names.
   *
   * Rows are read to their end. A `map` needs no input: it compares the rows one by one.
   */
  input?: Iterable<RowLike> | AsyncIterable<RowLike> | { file: string | readonly string[] };
  /**
   * The hashes of the operations whose results this one works on.
   *
   * If one of them changes, so does this hash.
   */
  upstream?: string | readonly string[];
}

const KEYS = keysOf<OperationParts>({ config: true, code: true, input: true, upstream: true });

/**
 * The hash of an operation: 64 hexadecimal digits of SHA-256, the same in every process and on every machine.
 *
 * Hashes are chained as in DocETL: with the hash of the operation before as `upstream`, a change anywhere before reaches all that follow.
 * Unlike DocETL's hash, which is another number, it covers the contents of files and not their paths.
 *
 * @throws `ERR_CKPT_UNSUPPORTED_VALUE` for a function or a class instance in `config`; what reading the input throws
 */
export async function hashOperation(parts: OperationParts): Promise<string> {
  const given = asOptions(parts, 'hashOperation') as OperationParts;
  checkKeys(given, KEYS, 'hashOperation');
  const { config, code = [], input, upstream = [] } = given;
  const fields = [
    canonicalText(config),
    canonicalText(listOf<Code>(code).map((each) => sourceOf(each))),
    input === undefined ? 'none' : await fingerprint(input),
    canonicalText(listOf<string>(upstream).map(checkUpstream)),
  ];
  // JSON shows where each field ends: no two lists of fields have the same text.
  return nodeCrypto()
    .createHash('sha256')
    .update(JSON.stringify(['arrow-ckpt operation 1', ...fields]))
    .digest('hex');
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return (itemsOf(value) as T[] | undefined) ?? [value as T];
}

/** What `toString` gives for all of these. No source ends so: `[native code]` is no JavaScript. */
const NATIVE = /\{\s*\[native code\]\s*\}$/;

/** The source text of code, which counts for it. `what`: the option that has it, for messages. */
export function sourceOf(code: Code, what = 'code'): string {
  if (typeof code === 'function') {
    const source = Function.prototype.toString.call(code);
    if (!NATIVE.test(source)) return `function ${source}`;
    const problem = `${what} has a function without a source: one that was bound, a Proxy, or one of the runtime. All such look alike`;
    throw new CheckpointError(
      'ERR_CKPT_UNSUPPORTED_VALUE',
      `${problem}; give the function that is behind it, or a version of it as a text`,
    );
  }
  if (typeof code === 'string') return `text ${code}`;
  throw invalid(`code must be a function or a string, or an array of them, got ${show(code)}`);
}

function checkUpstream(hash: unknown): string {
  if (typeof hash === 'string') return hash;
  throw invalid(`upstream must be a hash or an array of hashes, got ${show(hash)}`);
}

async function fingerprint(input: NonNullable<OperationParts['input']>): Promise<string> {
  if (typeof input === 'string')
    throw invalid('input must be rows, or { file } for the contents of a file; the hash of an operation is given as upstream');
  if (typeof input === 'object' && input !== null && Object.hasOwn(input, 'file'))
    return filesDigest(listOf((input as { file: string | string[] }).file));
  return rowsDigest(input as Iterable<Row>);
}

async function rowsDigest(rows: Iterable<Row> | AsyncIterable<Row>): Promise<string> {
  const hash = nodeCrypto().createHash('sha256');
  const tree = new JsonTree();
  let index = 0;
  for await (const chunk of chunksOf(rowsSource(rowsOfCall(rows)), 1024)) {
    // A row has no line end in its text.
    for (const row of chunk) hash.update(`${textOf(tree, checkRow(row, index), { row: index++, path: '' })}\n`);
  }
  return `rows ${hash.digest('hex')}`;
}

async function filesDigest(paths: readonly string[]): Promise<string> {
  const digests: string[] = [];
  for (const path of paths) {
    if (typeof path !== 'string') throw invalid(`file must be a path or an array of paths, got ${show(path)}`);
    const hash = nodeCrypto().createHash('sha256');
    try {
      for await (const piece of nodeFs().createReadStream(path)) hash.update(piece as Buffer);
    } catch (error) {
      throw fromSystemError(error, 'read', path);
    }
    digests.push(hash.digest('hex'));
  }
  return `files ${digests.join()}`;
}
