import common
from fastparquet import ParquetFile

OPS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def read(path):
    frame = ParquetFile(path).to_pandas()
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    return types, [common.plain(row, nan_is_null=True) for row in frame.to_dict("records")]


def filters(condition):
    """Those that fastparquet knows; with them it leaves out row groups, never rows."""
    column, op, kind = ".".join(condition["column"]), condition["op"], condition["kind"]
    values = [common.operand(value, kind) for value in condition["values"]]
    values = [value.replace(tzinfo=None) if kind == "date" else value for value in values]
    if op in OPS:
        return [[(column, OPS[op], values[0])]]
    if op == "in":
        return [[(column, "in", values)]]
    return [[(column, ">=", values[0]), (column, "<=", values[1])]] if op == "between" else []


def matching(frame, condition):
    column = frame[".".join(condition["column"])]
    if condition["kind"] == "date" and column.dt.tz is None:
        column = column.dt.tz_localize("UTC")
    mask = common.python_condition(column, condition, lambda column, values: column.isin(values), lambda column: column.isna())
    return mask.fillna(False).astype(bool).sum()


def pruned(path):
    return lambda condition: matching(ParquetFile(path).to_pandas(columns=[".".join(condition["column"])], filters=filters(condition)), condition)


def unpruned(path):
    frame = ParquetFile(path).to_pandas()
    return lambda condition: matching(frame, condition)


common.main(read, pruned, unpruned)
