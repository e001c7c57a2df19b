import { release, type Engine } from './catalogue.ts';
import { columnsOf, countsOf, either, inBoth, inOldest, isZeroAmong, opens, values } from './known.ts';

const ZERO_AMONG = 'a list of values (`isin`) takes 0 and -0 for two numbers, and `=` takes them for one';

export const PYTHON_ENGINES: Engine[] = [
  {
    name: 'pyarrow',
    title: 'PyArrow',
    registry: 'pip',
    driver: 'with_pyarrow.py',
    oldest: release('18.1.0', 'pyarrow==18.1.0'),
    newest: release('26.0.1', 'pyarrow==26.0.1'),
    set: [
      'A folder: `pyarrow.dataset.dataset(folder, format="parquet")` leaves out names that begin with `.` or `_`, and takes the columns of the first file: give a `schema` where others have more.',
    ],
    known: [
      inBoth(ZERO_AMONG, isZeroAmong),
      inBoth(
        '`count_rows(filter=field < NaN)` counts all rows of a row group that has bounds; `to_table` with the same filter gives none',
        countsOf('skip', /^(zeros|plain|s\.x) l[te] \{"\$number":"NaN"\}/),
      ),
    ],
  },
  {
    name: 'pandas',
    title: 'pandas',
    registry: 'pip',
    driver: 'with_pandas.py',
    nanIsNull: true,
    oldest: release('2.2.3', 'pandas==2.2.3 pyarrow==18.1.0 numpy==2.1.3'),
    newest: release('3.1.1', 'pandas==3.1.1 pyarrow==26.0.1'),
    set: [
      'Pass `dtype_backend="pyarrow"`: otherwise a column of integers with a null, or with a missing key, becomes float64, and digits beyond 2^53 are lost.',
    ],
    known: [
      inBoth('integers beyond 2^53 lose digits where a row has none, unless `dtype_backend` is given', values(/^big$|^bigint_of_64_bits/)),
      inBoth('dates outside of the years 1 to 9999 fail as soon as Python shows them', opens(/year -?\d+ is out of range/, /^places/)),
      inBoth(ZERO_AMONG, isZeroAmong),
    ],
  },
  {
    name: 'polars',
    title: 'Polars',
    registry: 'pip',
    driver: 'with_polars.py',
    oldest: release('1.24.0', 'polars==1.24.0 pyarrow==18.1.0'),
    newest: release('2.1.0', 'polars==2.1.0 pyarrow==26.0.1'),
    set: [
      'A folder: give a pattern, `pl.read_parquet("checkpoints/process/*.parquet")`. Given the directory of a manager itself it meets the `.json` file with the hashes, and fails.',
      'Files of different columns: `missing_columns="insert", extra_columns="ignore"`.',
      'Releases up to 1.20 panic in filters on nullable columns whose row groups are left out in part.',
    ],
    known: [],
  },
  {
    name: 'duckdb',
    title: 'DuckDB',
    registry: 'pip',
    driver: 'with_duckdb.py',
    oldest: release('1.1.3', 'duckdb==1.1.3 pyarrow==18.1.0'),
    newest: release('2.0.1', 'duckdb==2.0.1 pyarrow==26.0.1'),
    set: [
      "A folder: `read_parquet('checkpoints/extract_batches/*.parquet', union_by_name = true)`. Without it the types of the first file hold for all, and a fraction in a later one is rounded without a word.",
      "`SET TimeZone = 'UTC'` before dates are shown.",
      'A column `a.b` is `"a.b"`, the field `b` of a column `a` is `"a"."b"`.',
    ],
    known: [],
  },
  {
    name: 'datafusion',
    title: 'DataFusion',
    registry: 'pip',
    driver: 'with_datafusion.py',
    oldest: release('46.0.0', 'datafusion==46.0.0 pyarrow==18.1.0'),
    newest: release('55.0.0', 'datafusion==55.0.0 pyarrow==26.0.1'),
    set: [
      'Releases up to 44 cannot read the page indexes that files of more than 20,000 rows have: set `datafusion.execution.parquet.enable_page_index` to false there.',
    ],
    known: [],
  },
  {
    name: 'deltalake',
    title: 'Delta Lake (delta-rs)',
    registry: 'pip',
    driver: 'with_deltalake.py',
    oldest: release('1.1.4', 'deltalake==1.1.4 pyarrow==18.1.0'),
    newest: release('1.6.6', 'deltalake==1.6.6 pyarrow==26.0.1'),
    set: [
      '`convert_to_deltalake` of a folder of checkpoints; each must have the same columns. Releases up to 1.0 refuse files that hold a Date (timestamps in milliseconds).',
    ],
    known: [],
  },
  {
    name: 'daft',
    title: 'Daft',
    registry: 'pip',
    driver: 'with_daft.py',
    oldest: release('0.7.10', 'daft==0.7.10 pyarrow==22.0.0'),
    newest: release('0.7.26', 'daft==0.7.26 pyarrow==25.0.1'),
    set: [
      'Releases up to 0.7.2 cannot read integers in DELTA_BINARY_PACKED, as ours are.',
      '0 and -0 are two numbers for it: ask for both.',
    ],
    known: [inBoth('0 and -0 are two numbers for `=` and one for `is_in`', isZeroAmong)],
  },
  {
    name: 'fastparquet',
    title: 'fastparquet',
    registry: 'pip',
    driver: 'with_fastparquet.py',
    nanIsNull: true,
    oldest: release('2024.11.0', 'fastparquet==2024.11.0 pandas==2.2.3 numpy==2.1.3'),
    newest: release('2026.9.0', 'fastparquet==2026.9.0 pandas==3.1.1'),
    set: [
      'For flat columns and lists of numbers or texts only. Better: `pandas.read_parquet` with its usual engine, PyArrow.',
      'Pass filters as a list of lists: in a flat list, rows need match only one of them.',
      'Checkpoints of 0.1.0 with integers that lie more than 28 bits apart are read wrongly, without an error; later ones store such integers plain.',
    ],
    known: [
      inBoth('an object is a column for each of its fields, `point.x`, and not one of its own', columnsOf(/./)),
      inBoth('lists of lists, of objects and of dates are null or numbers', values(/^(spans|grid|days|l)$/)),
      inBoth(
        'some columns of integers or booleans with nulls cannot be read ("NAType"), and take the rest of the file along: name the columns',
        opens(/NAType|value of NA|NoneType|cannot convert/, /^(kinds|places)/),
      ),
      inBoth('a column whose name has a dot cannot be read beside an object', opens(/./, /^dotted$/)),
      inBoth(
        'NaN and null are one, and what is unequal to a value hangs on the type that pandas chose',
        either(countsOf('count', / (ne|null|valid)\b/), countsOf('skip', / (ne|null|valid)\b/)),
      ),
    ],
  },
  {
    name: 'chdb',
    title: 'ClickHouse (chdb)',
    registry: 'pip',
    driver: 'with_chdb.py',
    textIsBytes: true,
    noNullGroups: true,
    oldest: release('2.1.1', 'chdb==2.1.1 pyarrow==18.1.0'),
    newest: release('4.4.0', 'chdb==4.4.0 pyarrow==26.0.1'),
    set: [
      'Texts and bytes are both `String`. There is no null in place of a list or an object: the list is empty, the fields of the object are null.',
    ],
    known: [
      inBoth('a column `a.b` cannot be selected beside an object `a` that has a field `b`', opens(/./, /^dotted$/)),
      inOldest(
        '`<> NaN` leaves out row groups whose bounds are one number, and counts none',
        countsOf('skip', /^\S+ ne \{"\$number":"NaN"\}/),
      ),
      inBoth('`IN` takes 0 and -0 for two numbers, and `=` takes them for one', isZeroAmong),
    ],
  },
  {
    name: 'pyspark',
    title: 'Spark (pyspark)',
    registry: 'pip',
    driver: 'with_spark.py',
    oldest: release('3.5.3', 'pyspark==3.5.3 pyarrow==18.1.0 pandas==2.2.3 numpy==1.26.4'),
    newest: release('4.3.0', 'pyspark==4.3.0 pyarrow==18.1.0 pandas==2.2.3 numpy==2.1.3'),
    set: [
      '`spark.sql.session.timeZone` to `UTC` before dates are shown. A column `a.b` is `` `a.b` ``.',
      'Before 4.0 also `spark.sql.parquet.datetimeRebaseModeInRead` to `CORRECTED`: otherwise dates before 1900 fail.',
      'In files of *other* writers its filters take 0 and -0 for two numbers where a column has a dictionary; ours have none where a -0 is.',
    ],
    known: [inBoth('stock Spark has no Brotli', opens(/./, /^codec brotli$/))],
  },
  {
    name: 'arro3-io',
    title: 'arro3',
    registry: 'pip',
    driver: 'with_arro3.py',
    oldest: release('0.4.5', 'arro3-io==0.4.5 arro3-core==0.4.5 pyarrow==18.1.0'),
    newest: release('0.9.1', 'arro3-io==0.9.1 pyarrow==26.0.1'),
    set: [],
    known: [],
  },
];
