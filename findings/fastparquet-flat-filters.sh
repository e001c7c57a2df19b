#!/usr/bin/env bash
# fastparquet takes a flat list of filters as AND for row groups and as OR for rows.
#
# Expected: to_pandas(filters=[a, b], row_filter=True) gives the rows for which a and b hold: the documentation says that a list of tuples
# means AND. Happens:  row groups are chosen by a AND b, rows within them by a OR b. As a list of lists, [[a, b]], the same filters are AND
# for rows, too. Seen:     fastparquet 2026.9.0 (and 2024.11.0), pandas 3.1.1, Python 3.11, Linux x64; 3,000 rows, of which 1,201 match:
#             [a, b]: 3000 rows, [[a, b]]: 1201 rows
# Cares:    whoever asks for a range (id >= 900 and id <= 2100): all rows come back, without an error.
# Around:   always pass a list of lists.
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check fastparquet==2026.9.0 pandas==3.1.1
"$folder/venv/bin/python" - "$folder/ids.parquet" <<'PYTHON'
import sys

import fastparquet
import pandas as pd

path = sys.argv[1]
fastparquet.write(path, pd.DataFrame({"id": range(3000)}), row_group_offsets=1000)
file = fastparquet.ParquetFile(path)
conditions = [("id", ">=", 900), ("id", "<=", 2100)]
flat = len(file.to_pandas(filters=conditions, row_filter=True))
nested = len(file.to_pandas(filters=[conditions], row_filter=True))
print(f"[a, b]: {flat} rows, [[a, b]]: {nested} rows")
sys.exit(0 if (flat, nested) == (3000, 1201) else 1)
PYTHON
