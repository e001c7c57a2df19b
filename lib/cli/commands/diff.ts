import type { Compat } from '../../options/compat.js';
import { isCheckpointError } from '../../base/errors.js';
import type { ReadOptions } from '../../options/options.js';
import { diffSchema, type SchemaDiff } from '../../schema/diff-schema.js';
import type { CommonOptions, Context, Run } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { DiffText } from '../rows/diff-text.js';
import { withProgress, type ProgressLine } from '../output/progress.js';
import type { Difference } from '../rows/differences-of.js';
import { diffByKey, diffByPosition, type RowDifference, type Tally } from '../rows/row-diff.js';
import { RowText } from '../rows/row-text.js';
import { namesOf } from '../rows/selection-options.js';
import { openSource, type RowSource } from '../rows/open-source.js';

/** Options of `diff`. */
interface DiffOptions extends CommonOptions {
  key?: readonly string[];
  limit: number;
  strictOrder?: boolean;
  compat?: Compat;
}

/** CSV has no types: what inference finds is nearest to what a checkpoint holds. */
const CSV = { infer: true, nullText: '' };

/**
 * `diff A B`: what differs between the rows of two files of any format. Only rows decide whether they differ: columns of other types may
 * hold the same ones.
 */
export const run: Run<DiffOptions> = async (context, [pathA = '', pathB = ''], options) => {
  const reading = { ...CSV, signal: context.signal };
  const a = await openSource(pathA, reading);
  try {
    const b = await openSource(pathB, reading);
    try {
      return await compare(context, a, b, options);
    } finally {
      await b.close();
    }
  } finally {
    await a.close();
  }
};

async function compare(context: Context, a: RowSource, b: RowSource, options: DiffOptions): Promise<ExitCode> {
  const { json, output } = context;
  const key = options.key?.flatMap(namesOf);
  const schema = await schemaDiff(a, b);
  const tally: Tally = { a: 0, b: 0, equal: 0, changed: 0, added: 0, removed: 0 };
  const shown: RowDifference[] = [];
  const text = new DiffText(output.colours);
  const columns = schema === null || json ? undefined : text.schema(schema);
  if (columns !== undefined) await output.line(`${columns}\n`);
  await withProgress(context, async (progress) => {
    const batches = (source: RowSource) => source.batches(readOptions(context, options, progress, source));
    const pair = { a: batches(a), b: batches(b), strictOrder: options.strictOrder === true, tally };
    for await (const difference of key === undefined ? diffByPosition(pair) : diffByKey(pair, key, { a: a.path, b: b.path })) {
      if (shown.length === options.limit) continue;
      shown.push(difference);
      if (!json) await output.line(text.row(difference));
    }
  });
  const differing = tally.changed + tally.added + tally.removed;
  const notShown = differing - shown.length;
  if (json) await output.document(documentOf(a, b, { matchedBy: key ?? 'position', tally, schema, shown, notShown }));
  else await output.line(`${shown.length > 0 ? '\n' : ''}${text.summary(tally, notShown)}`);
  return differing > 0 ? EXIT.findings : EXIT.fine;
}

function readOptions({ signal }: Context, { compat }: DiffOptions, progress: ProgressLine, { path }: RowSource): ReadOptions {
  const onProgress: ReadOptions['onProgress'] = ({ rows, totalRows }) =>
    progress.update({ what: `diff ${path}`, done: rows, total: totalRows, unit: 'rows' });
  return { signal, onProgress, ...(compat !== undefined && { compat }) };
}

/** Of two Parquet files; null otherwise, and where another writer's columns make no schema. */
async function schemaDiff(a: RowSource, b: RowSource): Promise<SchemaDiff | null> {
  if (a.format !== 'parquet' || b.format !== 'parquet' || a.info === undefined || b.info === undefined) return null;
  try {
    return diffSchema(await a.info(), await b.info());
  } catch (error) {
    if (isCheckpointError(error) && error.code === 'ERR_CKPT_INVALID_ARGUMENT') return null;
    throw error;
  }
}

interface Found {
  matchedBy: readonly string[] | 'position';
  tally: Tally;
  schema: SchemaDiff | null;
  shown: readonly RowDifference[];
  notShown: number;
}

function documentOf(a: RowSource, b: RowSource, { matchedBy, tally, schema, shown, notShown }: Found): unknown {
  const { a: rowsA, b: rowsB, ...counts } = tally;
  return {
    a: { path: a.path, format: a.format, rows: rowsA },
    b: { path: b.path, format: b.format, rows: rowsB },
    matchedBy,
    same: counts.changed + counts.added + counts.removed === 0,
    counts,
    schema,
    rows: shown.map(rowDocument),
    notShown,
  };
}

const text = new RowText();

function rowDocument({ key, row, differences, ...place }: RowDifference): unknown {
  return {
    ...place,
    ...(key !== undefined && { key: text.value(key) }),
    ...(differences !== undefined && { differences: differences.map(differenceDocument) }),
    ...(row !== undefined && { row: text.value(row) }),
  };
}

/** A side that is there may be undefined: that is a value, too. */
function differenceDocument(difference: Difference): unknown {
  const { from, to, ...place } = difference;
  return { ...place, ...('from' in difference && { from: text.value(from) }), ...('to' in difference && { to: text.value(to) }) };
}
