import common
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def read(path):
    frame = pd.read_parquet(path)
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    return types, [common.plain(row, nan_is_null=True) for row in frame.to_dict("records")]


def expression(condition):
    column = pc.field(*condition["column"])
    return common.python_condition(column, condition, lambda column, values: column.isin(pa.array(values)), lambda column: column.is_null())


def pruned(path):
    return lambda condition: len(pd.read_parquet(path, columns=["id"], filters=expression(condition)))


# PyArrow filters for pandas: with_pyarrow.py looks at what skipping changes.
common.main(read, pruned)
