import common
import pyarrow as pa
import pyarrow.parquet as pq
from datafusion import SessionConfig, SessionContext

# Rows are judged while they are decoded, and not only pages and row groups: the strictest way.
config = SessionConfig().set("datafusion.execution.parquet.pushdown_filters", "true").set("datafusion.execution.time_zone", "+00:00")
names = iter(f"t{index}" for index in range(10**6))


def table_of(path, context=None):
    context = context or SessionContext(config)
    name = next(names)
    context.register_parquet(name, path)
    return context, name


def read(path):
    context, name = table_of(path)
    frame = context.sql(f"SELECT * FROM {name}")
    batches = frame.collect()
    return common.arrow_rows(pa.Table.from_batches(batches, schema=batches[0].schema if batches else frame.schema()))


def literal(value, kind):
    if kind == "double":
        return f"CAST('{value!r}' AS DOUBLE)"
    if kind == "date":
        return f"arrow_cast({(value - common.EPOCH) // common.dt.timedelta(milliseconds=1)}, 'Timestamp(Millisecond, Some(\"UTC\"))')"
    if kind == "bytes":
        return f"X'{value.hex()}'"
    return common.quoted(value) if kind == "text" else str(value)


def where(condition):
    top, *fields = condition["column"]
    return common.sql_condition(f'"{top}"' + "".join(f"['{field}']" for field in fields), condition, literal)


def counter(context, name):
    def count(condition):
        (batch,) = context.sql(f"SELECT count(*) AS n FROM {name} WHERE {where(condition)}").collect()
        return batch.column(0)[0].as_py()

    return count


def pruned(path):
    return counter(*table_of(path))


def unpruned(path):
    context = SessionContext(config)
    name = next(names)
    context.register_record_batches(name, [pq.read_table(path).combine_chunks().to_batches()])
    return counter(context, name)


common.main(read, pruned, unpruned)
