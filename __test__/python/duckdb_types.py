"""Writes every type that DuckDB can put into Parquet, one column a type and a null in its second row."""

import sys
from pathlib import Path

import duckdb

FOLDER = Path(sys.argv[1])
VALUES = {
    "TINYINT": ("-128", "127"),
    "SMALLINT": ("-32768", "32767"),
    "INTEGER": ("-1073741824", "1073741823"),
    "BIGINT": ("-9223372036854775808", "9223372036854775807"),
    "HUGEINT": ("170141183460469231731687303715884105727", "-1"),
    "UTINYINT": ("0", "255"),
    "USMALLINT": ("0", "65535"),
    "UINTEGER": ("0", "2147483647"),
    "UBIGINT": ("0", "18446744073709551615"),
    "UHUGEINT": ("340282366920938463463374607431768211455", "0"),
    "FLOAT": ("0.5", "'NaN'"),
    "DOUBLE": ("0.1", "'-Infinity'"),
    "DECIMAL(4, 1)": ("123.4", "-0.1"),
    "DECIMAL(9, 2)": ("1234567.10", "-0.01"),
    "DECIMAL(18, 6)": ("0.000001", "-123456789012.345678"),
    "DECIMAL(38, 10)": ("1234567890123456789012345678.0123456789", "-0.5"),
    "BOOLEAN": ("true", "false"),
    "VARCHAR": ("'ü€😀'", "''"),
    "BLOB": ("'\\x00\\xFF'", "''"),
    "BIT": ("'0101'", "'1'"),
    "JSON": ("'{\"a\": [1]}'", "'null'"),
    "UUID": ("'00010203-0405-0607-0809-0a0b0c0d0e0f'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"),
    "ENUM('low', 'high')": ("'low'", "'high'"),
    "DATE": ("'2024-02-29'", "'1884-05-06'"),
    "TIME": ("'12:34:56.789012'", "'00:00:00'"),
    "TIMETZ": ("'12:34:56.789012+02'", "'00:00:00+00'"),
    "TIMESTAMP": ("'2024-02-29 12:34:56.789012'", "'1884-05-06 07:08:09'"),
    "TIMESTAMP_S": ("'2024-02-29 12:34:56'", "'1884-05-06 07:08:09'"),
    "TIMESTAMP_MS": ("'2024-02-29 12:34:56.789'", "'1884-05-06 07:08:09'"),
    "TIMESTAMP_NS": ("'2024-02-29 12:34:56.789012345'", "'1884-05-06 07:08:09'"),
    "TIMESTAMPTZ": ("'2024-02-29 12:34:56.789012+01'", "'1884-05-06 07:08:09+00'"),
    "INTERVAL": ("INTERVAL '1 year 2 months 3 days 4 seconds'", "INTERVAL '0 days'"),
    "BIGINT[]": ("[1, NULL, 3]", "[]"),
    "VARCHAR[][]": ("[['a'], [], NULL]", "[[]]"),
    "FLOAT[2]": ("[0.5, 1.5]", "[2.5, NULL]"),
    "STRUCT(a BIGINT, b STRUCT(c VARCHAR))": ("{'a': 1, 'b': {'c': 'x'}}", "{'a': NULL, 'b': NULL}"),
    "STRUCT(a BIGINT)[]": ("[{'a': 1}, NULL]", "[]"),
    "MAP(VARCHAR, BIGINT)": ("MAP {'b': 1, 'a': NULL}", "MAP {}"),
    "MAP(INTEGER, VARCHAR)": ("MAP {2: 'x', 1: NULL}", "MAP {}"),
}


def rows():
    for index in range(3):
        cells = (
            f"CAST({'NULL' if index == 1 else values[index // 2]} AS {type}) AS \"{type.replace(chr(34), '')}\""
            for type, values in VALUES.items()
        )
        yield f"SELECT {', '.join(cells)}"


# Version 2 writes the difference of two INTEGERs in more than the 32 bits that Parquet has for it: most other readers refuse such a file.
duckdb.sql(f"COPY (FROM (VALUES (-2147483647::INTEGER), (2147483647), (-1)) t(n)) TO '{FOLDER / 'wide.parquet'}' (PARQUET_VERSION V2)")
duckdb.sql("SET TimeZone = 'UTC'")
duckdb.sql(f"CREATE TABLE t AS {' UNION ALL '.join(rows())}")
for version in ("V1", "V2"):
    for codec in ("snappy", "zstd", "gzip", "brotli", "lz4_raw", "uncompressed"):
        options = f"FORMAT parquet, COMPRESSION {codec}, PARQUET_VERSION {version}"
        duckdb.sql(f"COPY t TO '{FOLDER / f'{version}-{codec}.parquet'}' ({options})")
