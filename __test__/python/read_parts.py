"""Reads a folder of parts with PyArrow, Polars and DuckDB, with nothing set; prints what each finds."""

import json
import sys
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq

FOLDER = Path(sys.argv[1])


def found(ids, more):
    return {"rows": len(ids), "sum": sum(ids), "more": sum(value is not None for value in more)}


table = pq.read_table(FOLDER)
frame = pl.read_parquet(FOLDER)
rows = duckdb.sql(f"SELECT id, more FROM '{FOLDER}/*.parquet'").fetchall()
print(
    json.dumps(
        {
            "pyarrow": found(table["id"].to_pylist(), table["more"].to_pylist()),
            "polars": found(frame["id"].to_list(), frame["more"].to_list()),
            "duckdb": found([row[0] for row in rows], [row[1] for row in rows]),
        }
    )
)
