"""Prints how long the texts of two columns of a Parquet file are, row by row, as pyarrow reads them."""

import json
import sys

import pyarrow.parquet as pq

table = pq.read_table(sys.argv[1])
columns = [table[name].to_pylist() for name in sys.argv[2:]]
print(json.dumps([[len(text) for text in row] for row in zip(*columns)], separators=(",", ":")))
