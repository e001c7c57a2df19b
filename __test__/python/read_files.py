"""Opens every Parquet file of a folder with PyArrow, pandas, Polars and DuckDB, and prints the types, rows and codecs that each finds, as JSON.

What JSON cannot say: {"$number": "NaN"}, {"$bytes": hex}, {"$timestamp": milliseconds since 1970}, {"$int": decimal} beyond 53 bits.
pandas has NaN for null in most columns; there it is null.
"""

import datetime as dt
import json
import math
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def plain(value, nan_is_null=False):
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if math.isnan(value):
            return None if nan_is_null else {"$number": "NaN"}
        if math.isinf(value):
            return {"$number": "Infinity" if value > 0 else "-Infinity"}
        return {"$number": "-0"} if value == 0 and math.copysign(1, value) < 0 else value
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"$int": str(value)}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$bytes": bytes(value).hex()}
    if isinstance(value, dt.datetime):
        return {"$timestamp": (value - EPOCH) // dt.timedelta(milliseconds=1)}
    if isinstance(value, dict):
        return {key: plain(member, nan_is_null) for key, member in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(member, nan_is_null) for member in value]
    raise TypeError(f"{type(value)}: {value!r}")


def with_pyarrow(path):
    table = pq.read_table(path)
    return {field.name: str(field.type) for field in table.schema}, plain(table.to_pylist())


def with_pandas(path):
    frame = pd.read_parquet(path)
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    return types, [plain(row, nan_is_null=True) for row in frame.to_dict("records")]


def with_polars(path):
    frame = pl.read_parquet(path)
    return {name: str(dtype) for name, dtype in frame.schema.items()}, plain(frame.to_dicts())


def with_duckdb(path):
    source = f"read_parquet('{path}')"
    types = {name: type for name, type, *_ in duckdb.sql(f"DESCRIBE FROM {source}").fetchall()}
    # By way of Arrow: fetchall needs one more package for timestamps with a zone.
    return types, plain(duckdb.sql(f"FROM {source}").to_arrow_table().to_pylist())


READERS = {"pyarrow": with_pyarrow, "pandas": with_pandas, "polars": with_polars, "duckdb": with_duckdb}


def codecs(path):
    footer = pq.read_metadata(path)
    chunks = (footer.row_group(group).column(column) for group in range(footer.num_row_groups) for column in range(footer.num_columns))
    return sorted({chunk.compression for chunk in chunks})


def read(reader, path):
    try:
        types, rows = reader(path)
        return {"types": types, "rows": rows}
    except BaseException as error:  # Polars panics with one that is no Exception.
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    duckdb.sql("SET TimeZone = 'UTC'")
    files = sorted(Path(sys.argv[1]).glob("*.parquet"))
    found = {path.stem: {"codecs": codecs(path), **{name: read(reader, path) for name, reader in READERS.items()}} for path in files}
    print(json.dumps(found))
