#!/usr/bin/env bash
# PyArrow's Dataset.count_rows counts every row of a Parquet file as less than NaN.
#
# Expected: no number is less than NaN; to_table with the same filter gives no rows.
# Happens:  a row group with a minimum and a maximum counts as a whole, without a look at its values: `x < NaN` is taken for true of all of
# them. Seen:     pyarrow 26.0.1 (and 18.1.0), Python 3.11, Linux x64; three rows 1.0, 2.0, 3.0:
#             x < NaN: count_rows 3, to_table 0; x <= NaN: count_rows 3, to_table 0
# Cares:    whoever counts by a limit that was computed (a quantile of nothing is NaN): the count is that of the file, and disagrees with
# the rows. Around:   to_table(filter=...).num_rows, or look for NaN before asking.
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyarrow==26.0.1
"$folder/venv/bin/python" - "$folder/numbers.parquet" <<'PYTHON'
import math
import sys

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

path = sys.argv[1]
pq.write_table(pa.table({"x": [1.0, 2.0, 3.0]}), path)
dataset = ds.dataset(path)
seen = {}
for sign, condition in (("<", ds.field("x") < math.nan), ("<=", ds.field("x") <= math.nan)):
    seen[sign] = (dataset.count_rows(filter=condition), dataset.to_table(filter=condition).num_rows)
print("; ".join(f"x {sign} NaN: count_rows {counted}, to_table {rows}" for sign, (counted, rows) in seen.items()))
sys.exit(0 if set(seen.values()) == {(3, 0)} else 1)
PYTHON
