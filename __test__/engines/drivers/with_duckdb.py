import common
import duckdb

db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'")


def source(path):
    return f"read_parquet({common.quoted(path)})"


def read(path):
    types = {name: type for name, type, *_ in db.execute(f"DESCRIBE FROM {source(path)}").fetchall()}
    return types, common.arrow_rows(db.sql(f"FROM {source(path)}").to_arrow_table())[1]


def literal(value, kind):
    if kind == "double":
        return f"'{value!r}'::DOUBLE"
    if kind == "date":
        return f"make_timestamptz({(value - common.EPOCH) // common.dt.timedelta(microseconds=1)})"
    if kind == "bytes":
        return "'" + "".join(f"\\x{byte:02X}" for byte in value) + "'::BLOB"
    return common.quoted(value) if kind == "text" else str(value)


def where(condition):
    return common.sql_condition(".".join(f'"{name}"' for name in condition["column"]), condition, literal)


def pruned(path):
    return lambda condition: db.execute(f"SELECT count(*) FROM {source(path)} t WHERE {where(condition)}").fetchone()[0]


def unpruned(path):
    # DuckDB's own tables have statistics, too.
    db.execute(f"CREATE OR REPLACE TABLE memory_of_file AS FROM {source(path)}")

    def count(condition):
        db.execute("SET disabled_optimizers = 'filter_pushdown,statistics_propagation'")
        counted = db.execute(f"SELECT count(*) FROM memory_of_file t WHERE {where(condition)}").fetchone()[0]
        db.execute("SET disabled_optimizers = ''")
        return counted

    return count


common.main(read, pruned, unpruned)
