#!/usr/bin/env bash
# In PyArrow -0.0 equals 0.0, but is not in [0.0].
#
# Expected: a filter ('x', 'in', [0.0]) gives the rows that ('x', '=', 0.0) gives.
# Happens:  `=` takes the zeros for equal, as IEEE 754 does. `in`, index_in, group_by and join go by a hash table that keeps them apart.
# Seen:     pyarrow 26.0.1, Python 3.11, Linux x64:
#             = 0.0: 2 rows, in [0.0]: 1 row, groups: 3, joined: 1
# Cares:    whoever rewrites a list of `=` conditions as one `in`, or joins on computed numbers: a product with a negative factor that
# rounds to zero is -0.0. Around:   add 0.0 to the column before grouping or joining; give both zeros to `in`.
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyarrow==26.0.1
"$folder/venv/bin/python" - "$folder/zeros.parquet" <<'PYTHON'
import sys

import pyarrow as pa
import pyarrow.parquet as pq

path = sys.argv[1]
table = pa.table({"id": [1, 2, 3], "x": [0.0, -0.0, 1.0]})
pq.write_table(table, path)
equal = pq.read_table(path, filters=[("x", "=", 0.0)]).num_rows
among = pq.read_table(path, filters=[("x", "in", [0.0])]).num_rows
groups = table.group_by("x").aggregate([("id", "count")]).num_rows
joined = table.join(pa.table({"x": [0.0], "name": ["zero"]}), "x", join_type="inner").num_rows
print(f"= 0.0: {equal} rows, in [0.0]: {among} row, groups: {groups}, joined: {joined}")
sys.exit(0 if (equal, among, groups, joined) == (2, 1, 3, 1) else 1)
PYTHON
