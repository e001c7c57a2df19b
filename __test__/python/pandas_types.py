"""Writes what pandas can put into Parquet beside Arrow's own types: its dtypes, one a column with a null in its second row, and its indexes."""

import datetime as dt
import decimal
import sys
from pathlib import Path

import pandas as pd

FOLDER = Path(sys.argv[1])
MOMENT = pd.Timestamp("2024-02-29 12:34:56.789012345")
OLD = pd.Timestamp("1884-05-06 07:08:09")
UTC = pd.Series([MOMENT, None, OLD], dtype="datetime64[us]").dt.tz_localize("UTC")


def objects(first, last):
    return pd.Series([first, None, last], dtype=object)


COLUMNS = {
    "float64": pd.Series([1, None, 2]),
    "Int64": pd.array([1, None, 2**62], "Int64"),
    "UInt8": pd.array([0, None, 255], "UInt8"),
    "Float32": pd.array([0.5, None, 1.5], "Float32"),
    "boolean": pd.array([True, None, False], "boolean"),
    "str": pd.Series(["ü€😀", None, ""], dtype="str"),
    "string": pd.array(["a", None, ""], "string"),
    "category": pd.Categorical(["a", None, "b"]),
    "category of int": pd.Categorical([7, None, 8]),
    "datetime64[s]": pd.Series([MOMENT, None, OLD], dtype="datetime64[s]"),
    "datetime64[ms]": pd.Series([MOMENT, None, OLD], dtype="datetime64[ms]"),
    "datetime64[us]": pd.Series([MOMENT, None, OLD], dtype="datetime64[us]"),
    "datetime64[ns]": pd.Series([MOMENT, None, OLD], dtype="datetime64[ns]"),
    "datetime64[us, UTC]": UTC,
    "datetime64[us, Europe/Berlin]": UTC.dt.tz_convert("Europe/Berlin"),
    "timedelta64[ns]": pd.Series([pd.Timedelta(seconds=90), None, pd.Timedelta(seconds=-90)], dtype="timedelta64[ns]"),
    "period[M]": pd.Series([pd.Period("2024-02", "M"), None, pd.Period("1884-05", "M")], dtype="period[M]"),
    "object of date": objects(MOMENT.date(), OLD.date()),
    "object of time": objects(dt.time(12, 34, 56, 789_012), dt.time()),
    "object of Decimal": objects(decimal.Decimal("1.10"), decimal.Decimal("-0.5")),
    "object of bytes": objects(b"\x00\xff", b""),
    "object of bool": objects(True, False),
    "object of list": objects([1, None, 3], []),
    "object of dict": objects({"a": 1, "b": [{"c": "x"}]}, {"a": None, "b": []}),
}
FRAME = pd.DataFrame(COLUMNS)
for codec in ("snappy", "zstd", "gzip", "brotli", "lz4", None):
    FRAME.to_parquet(FOLDER / f"types-{codec}.parquet", compression=codec)

NUMBERS = {"a": [1, 2, 3]}
INDEXES = {
    "range": pd.RangeIndex(3),
    "range-named": pd.RangeIndex(3, name="row"),
    "filtered": pd.Index([0, 2, 5]),
    "named": pd.Index(["x", "y", "z"], name="key"),
    "times": pd.DatetimeIndex(["2024-02-29", "2024-03-01", "2024-03-02"], name="day"),
    "multi": pd.MultiIndex.from_tuples([("x", 1), ("x", 2), ("y", 1)], names=["group", None]),
}
for name, index in INDEXES.items():
    pd.DataFrame(NUMBERS, index=index).to_parquet(FOLDER / f"index-{name}.parquet")
pd.DataFrame(NUMBERS, index=INDEXES["filtered"]).to_parquet(FOLDER / "index-left-out.parquet", index=False)
