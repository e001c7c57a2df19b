"""Writes the same 20,000 rows with PyArrow, Polars and DuckDB, in many pages and row groups: what three rows of a type do not show."""

import datetime as dt
import sys
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(sys.argv[1])
START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def row(i):
    return {
        "id": i,
        "text": None if i % 11 == 0 else f"row {i} ü€😀" if i % 5 == 0 else f"row {i}",
        "kind": ["error", "warning", None, "info"][i // 700 % 4],
        "score": None if i % 13 == 0 else i / 8,
        "flag": [True, False, None][i // 100 % 3],
        "when": START + dt.timedelta(minutes=i),
        "raw": bytes([i % 256]) * (i % 40),
        "tags": None if i % 17 == 0 else [f"t{(i + k) % 50}" for k in range(i % 4)],
        "grid": [[k, None] if k % 2 else [] for k in range(i % 3)],
        "spans": [{"at": i + k, "words": [f"w{k}"] * (i % 3)} for k in range(i % 300 // 290 * 200)],
    }


rows = pa.Table.from_pylist([row(i) for i in range(20_000)])
WAYS = {
    "pages": {"data_page_size": 1024},
    # The dictionaries outgrow this soon: a chunk begins with pages of indices and goes on in plain ones.
    "full-dictionaries": {"data_page_size": 2048, "dictionary_pagesize_limit": 4096, "row_group_size": 7000},
    "pages-v2": {"data_page_size": 1024, "data_page_version": "2.0", "compression": "zstd", "row_group_size": 3333},
    "no-dictionaries": {"data_page_size": 1024, "use_dictionary": False, "compression": "brotli", "write_page_index": True},
    "checksums": {"data_page_size": 4096, "write_page_checksum": True, "compression": "lz4"},
}
for way, options in WAYS.items():
    pq.write_table(rows, FOLDER / f"pyarrow-{way}.parquet", **options)
pl.from_arrow(rows).write_parquet(FOLDER / "polars.parquet", data_page_size=2048, row_group_size=6000)
duckdb.sql("SET TimeZone = 'UTC'")
for version in ("V1", "V2"):
    options = f"FORMAT parquet, ROW_GROUP_SIZE 2048, PARQUET_VERSION {version}"
    duckdb.sql(f"COPY (FROM rows) TO '{FOLDER / f'duckdb-{version}.parquet'}' ({options})")
