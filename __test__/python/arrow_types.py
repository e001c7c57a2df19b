"""Writes a table of many Arrow types as an IPC stream, an IPC file, and a Parquet file."""

import datetime
import decimal
import sys

import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
moment = datetime.datetime(2024, 5, 6, 7, 8, 9, 123000)
pairs = [("a", 1), ("b", None)]
columns = {
    "int8": pa.array([1, None, -3], pa.int8()),
    "uint64": pa.array([1, 2**64 - 1, None], pa.uint64()),
    "float16": pa.array([0.5, None, -2.0], pa.float16()),
    "float": pa.array([0.25, None, float("nan")], pa.float32()),
    "double": pa.array([-0.0, None, 1e300], pa.float64()),
    "bool": pa.array([True, None, False]),
    "text": pa.array(["a", None, "é\U0001f600"]),
    "large text": pa.array(["a", None, "b"], pa.large_string()),
    "text view": pa.array(["a", None, "a text of more than twelve bytes"], pa.string_view()),
    "dictionary": pa.array(["x", None, "x"]).dictionary_encode(),
    "binary": pa.array([b"\x00\xff", None, b""], pa.binary()),
    "fixed": pa.array([b"ab", None, b"cd"], pa.binary(2)),
    "decimal": pa.array([decimal.Decimal("1.10"), None, decimal.Decimal("-7.00")], pa.decimal128(20, 2)),
    "date": pa.array([datetime.date(2024, 5, 6), None, datetime.date(1, 1, 1)], pa.date32()),
    "seconds": pa.array([moment.replace(microsecond=0), None, None], pa.timestamp("s")),
    "ms": pa.array([moment, None, None], pa.timestamp("ms", "UTC")),
    "us": pa.array([moment, None, None], pa.timestamp("us")),
    "time": pa.array([datetime.time(1, 2, 3), None, None], pa.time64("us")),
    "list": pa.array([[1, None], None, []], pa.list_(pa.int32())),
    "fixed list": pa.array([[1.0, 2.0], None, [3.0, 4.0]], pa.list_(pa.float32(), 2)),
    "struct": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}], pa.struct([("a", pa.int64()), ("b", pa.string())])),
    "map": pa.array([pairs, None, []], pa.map_(pa.string(), pa.int64())),
    "null": pa.nulls(3),
}
table = pa.table(columns)
with pa.OSFile(f"{folder}/types.arrows", "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
    writer.write_table(table, max_chunksize=2)
with pa.OSFile(f"{folder}/types.arrow", "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
    writer.write_table(table)
# Parquet's writer has no string views.
plain = table.set_column(table.column_names.index("text view"), "text view", table["text view"].cast(pa.string()))
pq.write_table(plain, f"{folder}/types.parquet")
