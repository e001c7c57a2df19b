import common
import pyarrow as pa
from arro3.io import read_parquet


def read(path):
    return common.arrow_rows(pa.table(read_parquet(path).read_all()))


common.main(read)
