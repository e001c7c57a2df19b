"""Prints for each folder below a folder the schemas of its Parquet files, each once; and the rows that engines read of them as one table."""

import json
import sys
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq

found = {}
for folder in sorted(path for path in Path(sys.argv[1]).rglob("*") if path.is_dir()):
    files = sorted(folder.glob("*.parquet"))
    if not any(path.is_file() for path in files):
        continue
    schemas = sorted({str(pq.read_schema(path).remove_metadata()) for path in files})
    frame = pl.scan_parquet(files).collect() if len(schemas) == 1 else None
    found[str(folder.relative_to(sys.argv[1]))] = {
        "schemas": schemas,
        "pyarrow": ds.dataset(files, format="parquet").to_table().num_rows if len(schemas) == 1 else None,
        "polars": None if frame is None else frame.height,
        "duckdb": len(duckdb.sql(f"FROM read_parquet('{folder}/*.parquet')").fetchall()) if len(schemas) == 1 else None,
    }
print(json.dumps(found))
