#!/usr/bin/env bash
# Engines to which NaN is the largest number lose NaN rows of a Parquet file that has a minimum and a maximum beside the NaN.
#
# Expected: the same count of `x > 2` whether the file has statistics or not. The format says: with NaN among the values, a maximum says
# nothing of NaN. Happens:  the row group is left out, since its maximum (which PyArrow computes without the NaN) is 2. The same rows
# written without statistics are counted. Seen:     file by pyarrow 26.0.1 (25.0.1 for daft, which asks for less than 26), Python 3.11,
# Linux x64:
#             duckdb 2.0.1: with statistics 0, without 1
#             daft 0.7.26:  with statistics 0, without 1
# Cares:    whoever filters measurements that PyArrow or pandas wrote: NaN rows are there or not, depending on how the rows fell into row
# groups. Around:   write_statistics=False for such columns, or ask for NaN itself where the engine's own way finds it (isnan).
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check duckdb==2.0.1 daft==0.7.26 pyarrow==25.0.1
export DAFT_ANALYTICS_ENABLED=0 DAFT_PROGRESS_BAR=0 DO_NOT_TRACK=1
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys

import daft
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
table = pa.table({"x": [1.0, float("nan"), 2.0]})
paths = {}
for name, statistics in (("with", True), ("without", False)):
    paths[name] = f"{folder}/{name}.parquet"
    pq.write_table(table, paths[name], write_statistics=statistics)
engines = {
    "duckdb": lambda path: duckdb.sql(f"SELECT count(*) FROM '{path}' WHERE x > 2").fetchall()[0][0],
    "daft": lambda path: daft.read_parquet(path).where(daft.col("x") > 2).count_rows(),
}
counts = {name: (count(paths["with"]), count(paths["without"])) for name, count in engines.items()}
for name, (with_bounds, without) in counts.items():
    print(f"{name}: with statistics {with_bounds}, without {without}")
sys.exit(0 if all(pair == (0, 1) for pair in counts.values()) else 1)
PYTHON
