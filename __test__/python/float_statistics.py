"""What PyArrow and DuckDB see of the statistics of floating-point columns, and how many rows engines find: prints JSON."""

import json
import sys

import duckdb
import polars
import pyarrow.parquet as pq

path = sys.argv[1]
metadata = pq.read_metadata(path)
db = duckdb.connect()


def pyarrow_bounds():
    found = {}
    for group in range(metadata.num_row_groups):
        for leaf in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(leaf)
            if chunk.physical_type in ("DOUBLE", "FLOAT"):
                statistics = chunk.statistics
                bounds = [statistics.min, statistics.max] if statistics.has_min_max else None
                found.setdefault(chunk.path_in_schema, []).append(bounds)
    return found


def duckdb_bounds():
    found = {}
    query = "SELECT path_in_schema, stats_min_value, stats_max_value FROM parquet_metadata(?) WHERE type IN ('DOUBLE', 'FLOAT') ORDER BY row_group_id, column_id"
    for name, low, high in db.execute(query, [path]).fetchall():
        bounds = None if low is None else [float(low), float(high)]
        found.setdefault(name.replace(", ", "."), []).append(bounds)
    return found


def count(condition):
    return db.execute(f"SELECT count(*) FROM read_parquet(?) WHERE {condition}", [path]).fetchone()[0]


keep = {"plain", "nan", "zero", "minus", "inside.nan", "list.list.element", "f32.list.element", "late", "beside"}
print(
    json.dumps(
        {
            "pyarrow": {name: bounds for name, bounds in pyarrow_bounds().items() if name in keep},
            "duckdb": {name: bounds for name, bounds in duckdb_bounds().items() if name in keep},
            "rows": {
                "polars": polars.read_parquet(path).height,
                "duckdb": count("true"),
                "duckdb nan > 2": count("nan > 2"),
                "duckdb minus = 0": count("minus = 0"),
            },
        }
    )
)
