import common
import polars as pl


def read(path):
    frame = pl.read_parquet(path, glob=False)
    return {name: str(dtype) for name, dtype in frame.schema.items()}, common.arrow_rows(frame.to_arrow())[1]


def expression(condition):
    top, *fields = condition["column"]
    column = pl.col(top)
    for field in fields:
        column = column.struct.field(field)

    def isin(column, values):
        dtype = pl.Datetime("ms", "UTC") if condition["kind"] == "date" else None
        return column.is_in(pl.Series(values, dtype=dtype))

    return common.python_condition(column, condition, isin, lambda column: column.is_null())


def pruned(path):
    return lambda condition: pl.scan_parquet(path, glob=False).filter(expression(condition)).select(pl.len()).collect().item()


def unpruned(path):
    frame = pl.read_parquet(path, glob=False, use_statistics=False)
    return lambda condition: frame.filter(expression(condition)).height


common.main(read, pruned, unpruned)
