import os

os.environ.setdefault("DAFT_ANALYTICS_ENABLED", "0")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("DAFT_PROGRESS_BAR", "0")
import common  # noqa: E402
import daft  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402


def read(path):
    frame = daft.read_parquet(path)
    return {field.name: str(field.dtype) for field in frame.schema()}, common.arrow_rows(frame.to_arrow())[1]


def expression(condition):
    top, *fields = condition["column"]
    column = daft.col(top)
    for field in fields:
        column = column[field] if hasattr(type(column), "__getitem__") else column.struct.get(field)
    isin, isnull = (lambda column, values: column.is_in(values)), (lambda column: column.is_null())
    return common.python_condition(column, condition, isin, isnull)


def pruned(path):
    return lambda condition: daft.read_parquet(path).where(expression(condition)).count_rows()


def unpruned(path):
    frame = daft.from_arrow(pq.read_table(path)).collect()
    return lambda condition: frame.where(expression(condition)).count_rows()


common.main(read, pruned, unpruned)
