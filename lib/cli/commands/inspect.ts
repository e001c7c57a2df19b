import type { Compat } from '../../options/compat.js';
import type { FileOrigin } from '../../store/origin.js';
import type { DeltaInfo } from '../../options/delta-info.js';
import type { CheckpointInfo, ColumnInfo } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import type { ColumnSchema } from '../../options/checkpoint-schema.js';
import { inferSchema } from '../../schema/infer-schema.js';
import { typeWords } from '../../schema/words.js';
import { keptFiles, keptFolder } from '../../directory/kept-files.js';
import { stemOf } from '../../directory/layout.js';
import { storeAt } from '../../formats/remote/store-at.js';
import { isBucketUrl } from '../../options/bucket-url.js';
import type { CommonOptions, Context, Run } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { countText, percentOf, percentText, plural, sizeText } from '../output/quantities.js';
import { printTable } from '../output/print-table.js';
import type { TableColumn } from '../output/table-text.js';
import { printable } from '../output/printable.js';
import { fit } from '../output/text.js';
import { RowText } from '../rows/row-text.js';

/** Options of `inspect`. */
interface InspectOptions extends CommonOptions {
  rows: number;
  compat?: Compat;
}

/** What `inspect` shows of a file. */
interface Inspected {
  info: CheckpointInfo;
  origin: FileOrigin | undefined;
  sample: Row[];
  /** Of a file without columns of its own: those that a save would make, by its first rows. */
  inferred: { fromRows: number; columns: ColumnSchema[] } | undefined;
  /** Results that maps kept beside it. */
  kept: { files: number; bytes: number };
}

/** As many rows say what the columns of a JSON file are. */
const INFER_ROWS = 1000;

/** `inspect FILE`: what a checkpoint is, and some rows. */
export const run: Run<InspectOptions> = async (context, [path = ''], { rows, compat }) => {
  const store = await storeAt(path);
  const info = await store.info(path);
  const { origin } = await store.head(path);
  const withoutColumns = info.format !== 'parquet';
  const options = {
    limit: withoutColumns ? Math.max(rows, INFER_ROWS) : rows,
    signal: context.signal,
    ...(compat !== undefined && { compat }),
  };
  const first = options.limit === 0 ? [] : await store.read(path, options);
  const inferred = withoutColumns ? { fromRows: first.length, columns: inferSchema(first).columns } : undefined;
  const kept = isBucketUrl(path) ? [] : (await keptFiles(keptFolder(stemOf(path)))).map(({ bytes }) => bytes);
  const inspected = {
    info,
    origin,
    sample: first.slice(0, rows),
    inferred,
    kept: { files: kept.length, bytes: kept.reduce((sum, bytes) => sum + bytes, 0) },
  };
  if (context.json) await context.output.document(documentOf(inspected));
  else await print(context, inspected);
  return EXIT.fine;
};

function documentOf({ info, origin, sample, inferred, kept }: Inspected): unknown {
  const { columns, ...facts } = info;
  const text = new RowText();
  return {
    ...facts,
    createdBy: origin?.createdBy ?? null,
    formatVersion: origin?.formatVersion ?? null,
    compat: origin?.compat ?? null,
    checksums: origin?.checksums ?? false,
    kept,
    columns: columns.map((column) => withPercent(column, info)),
    inferred:
      inferred === undefined
        ? null
        : {
            ...inferred,
            columns: inferred.columns.map((column) => ({ name: column.name, type: typeWords(column), optional: column.optional === true })),
          },
    sample: sample.map((row) => text.value(row)),
  };
}

function withPercent(column: ColumnInfo, { bytes }: CheckpointInfo): unknown {
  return { ...column, percent: percentOf(column.bytes, bytes) };
}

async function print(context: Context, inspected: Inspected): Promise<void> {
  const { output } = context;
  const { info, origin, sample, inferred, kept } = inspected;
  const { colours, width } = output;
  const facts: [string, string][] = [
    ['File', info.path],
    ['Format', formatText(info, origin)],
    ...(info.parts === undefined ? [] : [['Parts', countText(info.parts)] as [string, string]]),
    ['Rows', countText(info.rows)],
    ['Size', sizeText(info.bytes)],
    ...sharedFacts(info.delta ?? null),
    ['Checksums', origin?.checksums === true ? 'of all columns and the footer' : 'none'],
    ['Hash', info.hash ?? 'none'],
    ...(kept.files === 0
      ? []
      : [['Kept', `${plural(kept.files, 'file')} of earlier results, ${sizeText(kept.bytes)}`] as [string, string]]),
    ...Object.entries(info.metadata).map(([key, value]): [string, string] => ['Metadata', `${key} = ${value}`]),
  ];
  for (const [name, value] of facts) await output.line(`${colours.bold(name.padEnd(11))}${printable(value)}`);
  if (info.columns.length > 0) {
    await output.line();
    await printTable(
      output,
      columnHeads(),
      info.columns.map((column) => columnCells(column, info)),
    );
  }
  if (inferred !== undefined && inferred.columns.length > 0) {
    await output.line(`\nColumns, as a save would make them of the first ${countText(inferred.fromRows)} rows`);
    const heads: TableColumn[] = [
      { head: 'Column', cut: true },
      { head: 'Type', cut: true },
    ];
    const cells = inferred.columns.map((column) => [`${column.name}${column.optional === true ? '?' : ''}`, typeWords(column)]);
    await printTable(output, heads, cells);
  }
  if (sample.length === 0) return;
  await output.line(`\n${colours.bold(`First ${sample.length === 1 ? 'row' : `${sample.length} rows`}`)}`);
  const text = new RowText();
  for (const [index, row] of sample.entries()) {
    const line = printable(text.line(row, index));
    await output.line(width === undefined ? line : fit(line, width));
  }
}

/** What a thin checkpoint refers to. */
function sharedFacts(delta: DeltaInfo | null): [string, string][] {
  if (delta === null) return [];
  const holder = ({ path, bytes, present }: DeltaInfo['holders'][number]): [string, string] => [
    'Refers to',
    `${path}, ${sizeText(bytes)}${present ? '' : ' (missing: columns that refer to it cannot be read)'}`,
  ];
  return [['Shared', sizeText(delta.sharedBytes)], ...delta.holders.map(holder)];
}

function formatText({ format }: CheckpointInfo, origin: FileOrigin | undefined): string {
  const { createdBy = null, formatVersion = null, compat = null } = origin ?? {};
  const parts = [
    format,
    formatVersion === null ? '' : `arrow-ckpt format ${formatVersion}`,
    compat === null ? '' : `in the form of ${compat}`,
    createdBy === null ? '' : `written by ${createdBy}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function columnHeads(): TableColumn[] {
  return [
    { head: 'Column', cut: true },
    { head: 'Type', cut: true },
    { head: 'Stored', cut: true },
    { head: 'Codec' },
    { head: 'Encodings', cut: true },
    { head: 'Size', align: 'right' },
    { head: '% of file', align: 'right' },
    { head: 'Nulls', align: 'right' },
    { head: 'Exceptions', align: 'right' },
  ];
}

function columnCells({ name, type, stored, codec, encodings, bytes, nulls, exceptions }: ColumnInfo, info: CheckpointInfo): string[] {
  const known = (count: number | null): string => (count === null ? '?' : countText(count));
  const where = stored === type ? '' : stored;
  return [name, type, where, codec, encodings.join(', '), sizeText(bytes), percentText(bytes, info.bytes), known(nulls), known(exceptions)];
}
