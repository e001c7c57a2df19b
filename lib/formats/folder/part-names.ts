/** What an engine leaves in a folder beside the parts. The first three say that the folder was written whole, or what is in it. */
const MARKERS: ReadonlySet<string> = new Set(['_SUCCESS', '_metadata', '_common_metadata']);
/** Folders of tables whose log says which files count: the files alone are not the table. */
const TABLES: Readonly<Record<string, string>> = { _delta_log: 'Delta Lake', '.hoodie': 'Hudi' };
const PARQUET = /\.(?:parquet|parq|pq)$/i;
/**
 * Names that engines give to parts: `part-00000-<uuid>.snappy.parquet` (Spark, PyArrow, arrow-ckpt), `part.0.parquet` (Dask),
 * `data_0.parquet` (DuckDB), `00000000.parquet`, `0_000000_000000.parquet` (Polars, Ray), `<uuid>-0.parquet` (Daft).
 */
const BY_ENGINES = /^(?:part[-.]|data_\d|\d+[_.-]|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32})/i;

/** Whether the entry of a folder says that the folder is one of parts. */
export function isMarker(name: string): boolean {
  return MARKERS.has(name);
}

/** Whose table a folder with this entry is; undefined if it is none. */
export function tableOf(name: string): string | undefined {
  return Object.hasOwn(TABLES, name) ? TABLES[name] : undefined;
}

/** Whether nobody takes the entry for data. As in Spark, a `_year=2024` is data. */
export function isIgnored(name: string): boolean {
  return name.startsWith('.') || (name.startsWith('_') && !isPartition(name));
}

/** Whether a folder's name gives a column and its value: `year=2024`. */
export function isPartition(name: string): boolean {
  return name.indexOf('=') > 0;
}

/** Whether a folder and a file in it have the names that a map gives its batches: `day=1_batches` is no day then. */
export function isBatch(folder: string, name: string): boolean {
  return /_batches$/i.test(folder) && /^batch_\d+\.(?:parquet|json)$/.test(name);
}

/** Whether a file of this name is a part. */
export function isPart(name: string): boolean {
  return PARQUET.test(name);
}

/** Whether the name is one that engines give to parts, and people hardly ever to files of their own. */
export function isByEngine(name: string): boolean {
  return isPart(name) && BY_ENGINES.test(name);
}

/** The order of parts: by name, with the numbers in names as numbers, so that `part.10` comes behind `part.2`. */
export function compareNames(a: string, b: string): number {
  const [as, bs] = [piecesOf(a), piecesOf(b)];
  for (let at = 0; at < as.length && at < bs.length; at++) {
    const order = comparePieces(as[at] as string, bs[at] as string);
    if (order !== 0) return order;
  }
  return as.length - bs.length || textOrder(a, b);
}

/** Runs of digits and what is between them, in turn. */
function piecesOf(name: string): string[] {
  return name.match(/\d+|\D+/g) ?? [];
}

function comparePieces(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return textOrder(a, b);
  const [x, y] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')];
  return x.length - y.length || textOrder(x, y);
}

function textOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
