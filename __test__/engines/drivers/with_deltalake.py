"""Delta Lake has no plain Parquet reader: the file becomes the one file of a table."""

import shutil
import tempfile
from pathlib import Path

import common
import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder, convert_to_deltalake


def table_of(path):
    folder = Path(tempfile.mkdtemp(prefix="arrow-ckpt-delta-"))
    shutil.copy(path, folder / "part-0.parquet")
    convert_to_deltalake(str(folder))
    return folder, DeltaTable(str(folder))


def query(table, sql):
    result = QueryBuilder().register("t", table).execute(sql)
    batches = result.fetchall() if hasattr(result, "fetchall") else result
    return pa.table(batches) if hasattr(batches, "__arrow_c_stream__") else pa.Table.from_batches([pa.record_batch(batch) for batch in batches])


def read(path):
    folder, table = table_of(path)
    try:
        return common.arrow_rows(query(table, "SELECT * FROM t"))
    finally:
        shutil.rmtree(folder)


def literal(value, kind):
    if kind == "double":
        return f"CAST('{value!r}' AS DOUBLE)"
    if kind == "date":
        return f"arrow_cast({(value - common.EPOCH) // common.dt.timedelta(microseconds=1)}, 'Timestamp(Microsecond, Some(\"UTC\"))')"
    if kind == "bytes":
        return f"X'{value.hex()}'"
    return common.quoted(value) if kind == "text" else str(value)


def where(condition):
    top, *fields = condition["column"]
    return common.sql_condition(f'"{top}"' + "".join(f"['{field}']" for field in fields), condition, literal)


def pruned(path):
    _, table = table_of(path)
    return lambda condition: query(table, f"SELECT count(*) AS n FROM t WHERE {where(condition)}").column(0)[0].as_py()


common.main(read, pruned)
