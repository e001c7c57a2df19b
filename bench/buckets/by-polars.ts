// nodejs-polars on the same bucket: frames from typed series, as bench/rivals/polars.mjs; scans that the bucket is asked for.
import { createRequire } from 'node:module';
import type { BucketOptions, S3Credentials } from '../../lib/options/bucket-options.js';

interface Frame {
  lazy(): Lazy;
  toRecords(): object[];
}

interface Lazy {
  select(...names: string[]): Lazy;
  collect(): Promise<Frame>;
  sinkParquet(url: string, options: object): Lazy;
}

/** bench/rivals/columns.mjs. */
interface Columns {
  COLUMNS: { name: string; kind: string }[];
  column(rows: readonly object[], name: string): unknown[];
}

/** As much of it as is used here. */
interface Polars {
  Int32: unknown;
  Float64: unknown;
  Bool: unknown;
  Utf8: unknown;
  DataFrame(series: unknown[]): Frame;
  Series(name: string, values: unknown[], type: unknown): unknown;
  scanParquet(url: string, options: object): Lazy;
}

/** Saves and loads by it. The server speaks plain HTTP, which has to be allowed. */
export function byPolars({ endpoint = '', credentials }: BucketOptions): {
  save: (url: string, rows: readonly object[]) => Promise<unknown>;
  load: (url: string, columns?: string[]) => Promise<object[]>;
} {
  const pl = createRequire(new URL('../rivals/', import.meta.url))('nodejs-polars') as Polars;
  const { accessKeyId, secretAccessKey } = credentials as S3Credentials;
  const cloudOptions = {
    aws_endpoint_url: endpoint,
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
    aws_region: 'us-east-1',
    aws_allow_http: 'true',
  };
  const types: Record<string, unknown> = { int: pl.Int32, double: pl.Float64, bool: pl.Bool, string: pl.Utf8 };
  return {
    save: async (url, rows) => {
      const { COLUMNS, column } = (await import(new URL('../rivals/columns.mjs', import.meta.url).href)) as Columns;
      const series = COLUMNS.map(({ name, kind }) => pl.Series(name, column(rows, name), types[kind]));
      return pl.DataFrame(series).lazy().sinkParquet(url, { compression: 'zstd', cloudOptions }).collect();
    },
    load: async (url, columns) => {
      const all = pl.scanParquet(url, { cloudOptions });
      return (await (columns === undefined ? all : all.select(...columns)).collect()).toRecords();
    },
  };
}
