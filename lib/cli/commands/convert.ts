import { extname } from 'node:path';
import type { Compat } from '../../options/compat.js';
import { CheckpointError } from '../../base/errors.js';
import { writeCheckpoint } from '../../api/checkpoint-files.js';
import { invalid } from '../../base/messages.js';
import { loadBinding } from '../../base/addon/binding.js';
import { checkWriteOptions, type Codec, type ReadOptions, type WriteOptions } from '../../options/options.js';
import { withoutQuery } from '../../options/bucket-url.js';
import type { Row } from '../../base/rows.js';
import type { Context, Run } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { withProgress } from '../output/progress.js';
import { plural, sizeText } from '../output/quantities.js';
import { printable } from '../output/printable.js';
import type { CsvFile } from '../rows/write-csv.js';
import { readOptionsOf, type SelectionOptions } from '../rows/selection-options.js';
import { isCsv, openSource, type RowSource } from '../rows/open-source.js';

/** Options of `convert`. */
interface ConvertOptions extends SelectionOptions {
  compression?: Codec;
  level?: number;
  rowGroupRows?: number;
  compat?: Compat;
  readCompat?: Compat;
  bare?: boolean;
  infer?: boolean;
  null?: string;
}

/** What a file becomes, by its extension. */
const FORMATS = { '.parquet': 'parquet', '.json': 'json', '.jsonl': 'jsonl', '.ndjson': 'jsonl', '.csv': 'csv' } as const;
type Format = (typeof FORMATS)[keyof typeof FORMATS];

/** `convert IN OUT`: rows from one file into another, in bounded memory. OUT is replaced whole or not at all. */
export const run: Run<ConvertOptions> = async (context, [input = '', output = ''], options) => {
  const format = formatOf(output);
  checkCsvOptions(options, input, format);
  const write = writeOptionsOf(options, format);
  const { null: nullText = '', infer = false } = options;
  const read = readOptionsOf(options, options.readCompat);
  if (format === 'parquet') needBinary(output);
  const source = await openSource(input, { infer, nullText, signal: context.signal });
  try {
    return await convert(context, source, output, { format, read, write, nullText, options });
  } finally {
    await source.close();
  }
};

interface Conversion {
  format: Format;
  read: ReadOptions;
  write: WriteOptions;
  nullText: string;
  options: ConvertOptions;
}

async function convert(
  context: Context,
  source: RowSource,
  output: string,
  { format, read, write, nullText, options }: Conversion,
): Promise<ExitCode> {
  const from = { path: source.path, format: source.format, bytes: await source.size() };
  const labels = await labelsFor(context, source, output, options);
  const written = await withProgress(context, (progress) => {
    const onProgress: ReadOptions['onProgress'] = ({ rows, totalRows }) =>
      progress.update({ what: source.path, done: rows, total: totalRows, unit: 'rows' });
    const reading = { ...read, signal: context.signal, onProgress };
    return format === 'csv'
      ? convertToCsv(source, output, reading, nullText, context.signal)
      : writeCheckpoint(output, rowsOf(source.batches(reading)), { ...write, ...labels, signal: context.signal });
  });
  const to = { path: output, format, rows: written.rows, bytes: written.bytes };
  if (context.json) await context.output.document({ input: from, output: to });
  else {
    const sizes = `${sizeText(from.bytes)} → ${sizeText(to.bytes)}`;
    await context.output.line(
      `${context.output.colours.green('✓')} ${printable(`${source.path} → ${output}`)}: ${plural(to.rows, 'row')}, ${sizes}`,
    );
  }
  return EXIT.fine;
}

function formatOf(path: string): Format {
  const shown = withoutQuery(path);
  const format = Object.entries(FORMATS).find(([extension]) => extension === extname(shown))?.[1];
  if (format !== undefined) return format;
  const message = `the extension of ${shown} says no format; use one of ${Object.keys(FORMATS).join(', ')}`;
  throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', message, { path: shown });
}

function checkCsvOptions({ infer, null: nullText }: ConvertOptions, input: string, format: Format): void {
  if (infer === true && !isCsv(input)) throw invalid(`--infer is of CSV, and ${withoutQuery(input)} is none by its extension`);
  if (nullText !== undefined && !isCsv(input) && format !== 'csv')
    throw invalid('--null is of CSV, and neither file is one by its extension');
}

function writeOptionsOf({ compression, level, rowGroupRows, compat }: ConvertOptions, format: Format): WriteOptions {
  const ofParquet = { '--compression': compression, '--level': level, '--row-group-rows': rowGroupRows };
  const given = Object.entries(ofParquet).find(([, value]) => value !== undefined)?.[0];
  if (format !== 'parquet' && given !== undefined) throw invalid(`${given} is of Parquet; a .${format} file has none`);
  if (format === 'csv' && compat !== undefined) throw invalid('--compat has no CSV form; write .parquet, .json or .jsonl');
  return checkWriteOptions({
    ...(compression !== undefined && { compression }),
    ...(level !== undefined && { compressionLevel: level }),
    ...(rowGroupRows !== undefined && { rowGroupRows }),
    ...(compat !== undefined && { compat }),
  });
}

/** The library would write JSON instead, which a file that is called .parquet must not be here. */
function needBinary(path: string): void {
  if (loadBinding() !== null) return;
  const message = `cannot write ${path}: there is no native binary for this platform, or ARROW_CKPT_FORCE_JSON is set; write .json or .csv`;
  throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', message, { path });
}

/** CSV names its columns first, so that the rows are read twice unless the caller names them. */
async function convertToCsv(source: RowSource, output: string, read: ReadOptions, nullText: string, signal: AbortSignal): Promise<CsvFile> {
  const { writeCsv } = await import('../rows/write-csv.js');
  return writeCsv(output, read.columns ?? (await columnsOf(source, read)), source.batches(read), { nullText, signal });
}

async function columnsOf(source: RowSource, read: ReadOptions): Promise<string[]> {
  const columns = new Set<string>();
  for await (const batch of source.batches(read)) for (const row of batch) for (const key of Object.keys(row)) columns.add(key);
  return [...columns];
}

/**
 * The hash and the metadata of IN, where OUT has a place for them: not in CSV, nor in JSON that another program reads, which is bare rows.
 */
async function labelsFor(
  { output }: Context,
  source: RowSource,
  target: string,
  { bare, compat }: ConvertOptions,
): Promise<Pick<WriteOptions, 'hash' | 'metadata'>> {
  const { hash, metadata } = await source.head();
  const labels = { ...(hash !== null && { hash }), ...(Object.keys(metadata).length > 0 && { metadata }) };
  if (bare === true || Object.keys(labels).length === 0) return {};
  if (!target.endsWith('.csv') && (compat === undefined || target.endsWith('.parquet'))) return labels;
  output.note(`${target} has no place for the hash and the metadata of ${source.path}`);
  return {};
}

async function* rowsOf(batches: AsyncIterable<Row[]>): AsyncGenerator<Row, void, undefined> {
  for await (const batch of batches) yield* batch;
}
