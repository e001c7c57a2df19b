"""Writes files whose columns differ in case only, or have no name: twins.parquet, and a folder of two such parts."""

import pathlib
import sys

import pyarrow as pa
import pyarrow.parquet as pq

folder = pathlib.Path(sys.argv[1])
names = ["id", "key", "KEY", "key_1", ""]


def table(first):
    ids = [first, first + 1]
    return pa.table([pa.array(ids), pa.array([1.5, float("nan")]), pa.array(["x", "y"]), pa.array([True, False]), pa.array([7, 8])], names=names)


pq.write_table(table(0), folder / "twins.parquet")
(folder / "parts.parquet").mkdir()
for part in range(2):
    pq.write_table(table(2 * part), folder / "parts.parquet" / f"part-{part}.parquet")
