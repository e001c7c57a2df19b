import { release, type Engine } from './catalogue.ts';
import { countsOf, either, inBoth, inNewest, inOldest, opens, values } from './known.ts';

const MARK_LOST = inBoth('a text that begins with a byte order mark loses it', values(/^byte_order_mark/));

/** npm leaves it out on Node 20, which it runs on all the same: it asks for Node 22. */
const POLARS_BINARY = process.platform === 'linux' && process.arch === 'x64' ? ' nodejs-polars-linux-x64-gnu@0.26.1' : '';

export const JAVASCRIPT_ENGINES: Engine[] = [
  {
    name: 'hyparquet',
    title: 'hyparquet',
    registry: 'npm',
    driver: 'with_hyparquet.mjs',
    oldest: release('1.15.0', 'hyparquet@1.15.0 hyparquet-compressors@1.1.1'),
    newest: release('1.33.0', 'hyparquet@1.33.0 hyparquet-compressors@1.1.2'),
    set: [
      'Pass `compressors` of hyparquet-compressors, and `utf8: false`, or bytes become text. All integers are bigints. A condition `$ne` holds for nulls, too. Early releases (1.17 among them) ignore `filter` in `parquetReadObjects`, and say nothing.',
    ],
    known: [
      MARK_LOST,
      inOldest('LZ4 cannot be read by hyparquet-compressors 1.1.1', opens(/lz4/, /^codec lz4$/)),
      inBoth(
        'a file whose column got another type after its first row group cannot be read as a whole ("out of range"): hyparquet fetches the columns of a row group as if they stood one after the other. Read it column by column, with `columns`',
        opens(/out of range/, /^grown$/),
      ),
      inNewest('bytes cannot be compared by `$lt`, `$gt` and their like', countsOf('count', /^bytes (l|g|between)/)),
    ],
  },
  {
    name: 'parquet-wasm',
    title: 'parquet-wasm',
    registry: 'npm',
    driver: 'with_parquet_wasm.mjs',
    oldest: release('0.6.1', 'parquet-wasm@0.6.1 apache-arrow@18.1.0'),
    newest: release('0.8.0', 'parquet-wasm@0.8.0 apache-arrow@21.2.0'),
    set: ['With apache-arrow for the tables, whose faults these are.'],
    known: [MARK_LOST, inBoth('the field `constructor` of an object is not seen', values(/^_constructor_/))],
  },
  {
    name: 'nodejs-polars',
    title: 'nodejs-polars',
    registry: 'npm',
    driver: 'with_nodejs_polars.mjs',
    oldest: release('0.16.0', 'nodejs-polars@0.16.0'),
    newest: release('0.26.1', `nodejs-polars@0.26.1${POLARS_BINARY}`),
    set: [
      'Select the columns without bytes first: `frame.schema` and `toRecords()` fail as soon as one is there.',
      'Cast a Date in a condition to a timestamp in UTC.',
    ],
    known: [
      inBoth(
        'a column of bytes, or of lists or objects with bytes, cannot come to JavaScript',
        either(values(/bytes|Buffer|own_key_of_a_typed_array/), countsOf('open', /^bytes /)),
      ),
      inBoth('integers beyond 2^53 lose digits', either(values(/^big/), countsOf('count', /^big /))),
      inBoth('a Date is no timestamp of a time zone, and cannot be compared with one', countsOf('open', /^when /)),
    ],
  },
  {
    name: 'parquetjs',
    title: '@dsnp/parquetjs',
    registry: 'npm',
    driver: 'with_parquetjs.mjs',
    oldest: release('1.8.4', '@dsnp/parquetjs@1.8.4'),
    newest: release('1.8.9', '@dsnp/parquetjs@1.8.9'),
    set: [
      'Not a reader for these files: it knows neither DELTA_BINARY_PACKED, in which most integers are (plain, a column of numbers in sequence would take some hundred times the space), nor zstd and LZ4_RAW. What has neither opens.',
      'The release after the newest here, 1.9.3, is on npm without its compiled code.',
    ],
    known: [
      inBoth('"invalid encoding: DELTA_BINARY_PACKED", "invalid compression method: ZSTD"', opens(/invalid (encoding|compression method)/)),
    ],
  },
];
