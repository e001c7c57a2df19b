"""Writes every type that Polars can put into Parquet, one column a type and a null in its second row."""

import datetime as dt
import decimal
import sys
from pathlib import Path

import polars as pl

FOLDER = Path(sys.argv[1])
MOMENT = dt.datetime(2024, 2, 29, 12, 34, 56, 789_012)
OLD = dt.datetime(1884, 5, 6, 7, 8, 9)
INTEGERS = {
    **{f"Int{bits}": (getattr(pl, f"Int{bits}"), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64, 128)},
    **{f"UInt{bits}": (getattr(pl, f"UInt{bits}"), 0, 2**bits - 1) for bits in (8, 16, 32, 64)},
}

COLUMNS = {
    **INTEGERS,
    "Float32": (pl.Float32, 0.5, float("nan")),
    "Float64": (pl.Float64, 0.1, float("-inf")),
    "Decimal(38, 10)": (pl.Decimal(38, 10), decimal.Decimal("1234567890123456789012345678.0123456789"), decimal.Decimal("-0.5")),
    "Boolean": (pl.Boolean, True, False),
    "String": (pl.String, "ü€😀", ""),
    "Binary": (pl.Binary, b"\x00\xff", b""),
    "Categorical": (pl.Categorical, "a", "b"),
    "Enum": (pl.Enum(["low", "high"]), "low", "high"),
    "Date": (pl.Date, MOMENT.date(), OLD.date()),
    "Time": (pl.Time, MOMENT.time(), dt.time()),
    **{f"Datetime({unit})": (pl.Datetime(unit), MOMENT, OLD) for unit in ("ms", "us", "ns")},
    **{
        f"Datetime({unit}, {zone})": (pl.Datetime(unit, zone), MOMENT.replace(tzinfo=dt.UTC), OLD.replace(tzinfo=dt.UTC))
        for unit in ("ms", "us", "ns")
        for zone in ("UTC", "Europe/Berlin")
    },
    **{f"Duration({unit})": (pl.Duration(unit), dt.timedelta(seconds=90), dt.timedelta(seconds=-90)) for unit in ("ms", "us", "ns")},
    "List(Int64)": (pl.List(pl.Int64), [1, None, 3], []),
    "List(List(String))": (pl.List(pl.List(pl.String)), [["a"], [], None], [[]]),
    "Array(Float32, 2)": (pl.Array(pl.Float32, 2), [0.5, 1.5], [2.5, None]),
    "Struct": (pl.Struct({"a": pl.Int64, "b": pl.Struct({"c": pl.String})}), {"a": 1, "b": {"c": "x"}}, {"a": None, "b": None}),
    "List(Struct)": (pl.List(pl.Struct({"a": pl.Int64})), [{"a": 1}, {"a": None}], []),
    "Null": (pl.Null, None, None),
}
FRAME = pl.DataFrame([pl.Series(name, [first, None, last], type) for name, (type, first, last) in COLUMNS.items()])
for codec in ("zstd", "snappy", "lz4", "gzip", "brotli", "uncompressed"):
    FRAME.write_parquet(FOLDER / f"{codec}.parquet", compression=codec, row_group_size=2 if codec == "snappy" else None)
