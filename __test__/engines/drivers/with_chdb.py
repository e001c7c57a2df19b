import common
import pyarrow as pa
from chdb import session

database = session.Session()
OFF = ["input_format_parquet_filter_push_down", "input_format_parquet_bloom_filter_push_down", "input_format_parquet_page_filter_push_down"]


def source(path):
    return f"file({common.quoted(path)}, Parquet)"


def query(sql):
    data = database.query(sql, "ArrowStream").bytes()
    return pa.ipc.open_stream(data).read_all()


def read(path):
    described = query(f"DESCRIBE TABLE {source(path)}").to_pylist()
    types = {text(row["name"]): text(row["type"]) for row in described}
    settings = "output_format_arrow_string_as_string = 0, output_format_arrow_low_cardinality_as_dictionary = 0"
    return types, common.arrow_rows(query(f"SELECT * FROM {source(path)} SETTINGS {settings}"))[1]


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def literal(value, kind):
    if kind == "double":
        return f"toFloat64('{value!r}')"
    if kind == "date":
        return f"fromUnixTimestamp64Milli(toInt64({(value - common.EPOCH) // common.dt.timedelta(milliseconds=1)}), 'UTC')"
    if kind == "bytes":
        return f"unhex('{value.hex()}')"
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'" if kind == "text" else str(value)


def where(condition):
    return common.sql_condition(".".join(f"`{name}`" for name in condition["column"]), condition, literal)


def known(names):
    found = query("SELECT name FROM system.settings").to_pylist()
    there = {text(row["name"]) for row in found}
    return [name for name in names if name in there]


def pruned(path):
    return lambda condition: query(f"SELECT count() AS counted_rows FROM {source(path)} WHERE {where(condition)}").column(0)[0].as_py()


def unpruned(path):
    settings = ", ".join(f"{name} = 0" for name in known(OFF))
    return lambda condition: query(f"SELECT count() AS counted_rows FROM {source(path)} WHERE {where(condition)} SETTINGS {settings}").column(0)[0].as_py()


common.main(read, pruned, unpruned)
