import common
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq


def expression(condition):
    column = pc.field(*condition["column"])

    def isin(column, values):
        return column.isin(pa.array(values))

    return common.python_condition(column, condition, isin, lambda column: column.is_null())


def pruned(path):
    dataset = ds.dataset(path)
    return lambda condition: dataset.count_rows(filter=expression(condition))


def unpruned(path):
    table = ds.InMemoryDataset(pq.read_table(path))
    return lambda condition: table.count_rows(filter=expression(condition))


def folder(path):
    return ds.dataset(path, format="parquet").to_table().num_rows


common.main(lambda path: common.arrow_rows(pq.read_table(path)), pruned, unpruned)
