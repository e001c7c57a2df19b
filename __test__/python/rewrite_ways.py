"""Reads a checkpoint and writes it anew beside itself, in the ways in which programs add, change and remove what is in it."""

import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SOURCE = Path(sys.argv[1])
table = pq.read_table(SOURCE)
frame = pd.read_parquet(SOURCE)
lazy = pl.read_parquet(SOURCE)


def path(name):
    return str(SOURCE.with_name(f"{name}.parquet"))


def write(name, changed):
    # PyArrow keeps our key-values with the schema; `replace_schema_metadata` puts them back where a step has lost them.
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), path(name))


write("same", table)
write("added", table.append_column("extra", pa.array(range(table.num_rows))))
write("added-first", table.add_column(0, "extra", pa.array(["é"] * table.num_rows)))
write("filled", table.set_column(1, "note", pc.fill_null(table["note"], "none")))
write("cast", table.set_column(0, "id", table["id"].cast(pa.string())))
write("cast-double", table.set_column(0, "id", table["id"].cast(pa.float64())))
write("dropped", table.drop_columns(["note"]))
write("renamed", table.rename_columns(["key", *table.column_names[1:]]))
write("reordered", table.select(list(reversed(table.column_names))))
write("filtered", table.filter(pc.greater(table["id"], 2)))
write("sorted", table.sort_by([("id", "descending")]))
write("twice", pa.concat_tables([table, table]))
write("empty", table.slice(0, 0))
write("other-mixed", table.set_column(table.column_names.index("mixed"), "mixed", pa.array(["plain text"] * table.num_rows)))
pq.write_table(table, path("lz4"), compression="lz4", version="1.0", data_page_version="2.0")
frame["extra"] = range(len(frame))
frame.to_parquet(path("pandas"))
pq.write_table(pa.Table.from_pandas(frame).replace_schema_metadata(table.schema.metadata), path("pandas-kept"))
lazy.with_columns(extra=pl.int_range(pl.len())).write_parquet(path("polars"))
duckdb.sql(f"COPY (SELECT *, row_number() OVER () - 1 AS extra FROM '{SOURCE}') TO '{path('duckdb')}'")
metadata = {key: value for key, value in table.schema.metadata.items()}
keys = ", ".join(f"'{key.decode()}': '{value.decode()}'" for key, value in reversed(metadata.items()) if b"'" not in value)
duckdb.sql(f"COPY (FROM '{SOURCE}') TO '{path('duckdb-kept')}' (KV_METADATA {{ {keys} }})")
