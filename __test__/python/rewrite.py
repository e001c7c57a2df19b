"""Reads a Parquet file and writes it anew beside itself, as programs do that change a few rows."""

import sys
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq

SOURCE = Path(sys.argv[1])
pq.write_table(pq.read_table(SOURCE), SOURCE.with_name("pyarrow.parquet"))
table = pq.read_table(SOURCE)
pq.write_table(table.drop_columns(table.column_names[:1]), SOURCE.with_name("pyarrow-dropped.parquet"))
pl.read_parquet(SOURCE).write_parquet(SOURCE.with_name("polars.parquet"))
duckdb.sql(f"COPY (FROM '{SOURCE}') TO '{SOURCE.with_name('duckdb.parquet')}'")
