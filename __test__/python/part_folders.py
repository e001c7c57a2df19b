"""Writes the same 1,000 rows as folders of parts with PyArrow, Polars and DuckDB, in one folder each and in Hive's folders."""

import sys
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

FOLDER = Path(sys.argv[1])
ROWS = [{"id": i, "text": None if i % 7 == 0 else f"row {i} ü😀", "score": i / 8, "year": 2020 + i % 3, "kind": ["a b/c=ü%", None][i % 2]} for i in range(1000)]
everything = pa.Table.from_pylist(ROWS)
hive = ds.partitioning(pa.schema([("year", pa.int64()), ("kind", pa.string())]), flavor="hive")

ds.write_dataset(everything, FOLDER / "pyarrow.parquet", format="parquet", max_rows_per_file=80, max_rows_per_group=80, use_threads=False)
ds.write_dataset(everything, FOLDER / "pyarrow-hive", format="parquet", partitioning=hive, use_threads=False)
pq.write_to_dataset(everything, FOLDER / "pyarrow-legacy", partition_cols=["year", "kind"])

frame = pl.from_arrow(everything)
for at in range(0, 1000, 250):
    (FOLDER / "polars.parquet").mkdir(exist_ok=True)
    frame.slice(at, 250).write_parquet(FOLDER / "polars.parquet" / f"{at // 250:08x}.parquet")
frame.write_parquet(FOLDER / "polars-hive", partition_by=["year"])

duckdb.sql("SET threads = 1")
duckdb.sql(f"COPY (FROM everything ORDER BY id) TO '{FOLDER / 'duckdb.parquet'}' (FORMAT parquet, FILE_SIZE_BYTES '1kb', ROW_GROUP_SIZE 2048)")
duckdb.sql(f"COPY (FROM everything ORDER BY id) TO '{FOLDER / 'duckdb-hive'}' (FORMAT parquet, PARTITION_BY (year, kind))")
