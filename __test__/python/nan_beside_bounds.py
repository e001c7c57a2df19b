"""Writes nan.parquet: two row groups of numbers with NaN among them, whose bounds leave it out."""
import sys

import pyarrow as pa
import pyarrow.parquet as pq

numbers = [0.5, 1.0, float("nan"), 0.25, float("nan"), 2.0]
table = pa.table({"id": list(range(6)), "x": numbers, "s": [{"x": number} for number in numbers]})
pq.write_table(table, sys.argv[1] + "/nan.parquet", row_group_size=3)
