"""Compares the columns of an Arrow IPC stream with those of a Parquet file, as pyarrow reads both."""

import sys

import pyarrow as pa
import pyarrow.parquet as pq


def plain(column):
    """The values of a column, with NaN as a text, since it is not equal to itself, and -0 as another."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        column = column.cast(kind.storage_type)
    return [repr(value) if isinstance(value, float) else value for value in column.to_pylist()]


stream, file = sys.argv[1:]
with pa.OSFile(stream) as source:
    batches = pa.ipc.open_stream(source)
    table = batches.read_all()
table.validate(full=True)
expected = pq.read_table(file)
for name in table.column_names:
    found, wanted = plain(table[name]), plain(expected[name])
    if name == "meta":
        wanted = [{key: value for key, value in one.items() if not key.startswith("__ckpt")} for one in wanted]
    assert found == wanted, f"{name}: {found[:5]} and {wanted[:5]}"
print(f"{table.num_columns} columns of {table.num_rows} rows are equal")
