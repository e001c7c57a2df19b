"""Writes small files to cut pieces out of: without statistics or an index, which only some of the readers look at."""

import os
import sys

import pyarrow
import pyarrow.parquet

table = pyarrow.table({"id": range(400), "text": [f"text {i % 7} {i}" for i in range(400)], "list": [[i, i + 1] for i in range(400)]})
for name, options in {
    "none": {"compression": "none"},
    "snappy": {"compression": "snappy", "row_group_size": 100},
    "pages": {"compression": "none", "data_page_size": 256, "data_page_version": "2.0", "use_dictionary": False},
}.items():
    pyarrow.parquet.write_table(table, os.path.join(sys.argv[1], f"py-{name}.parquet"), write_statistics=False, **options)
