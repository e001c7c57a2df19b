#!/usr/bin/env bash
# A folder whose first file has integers and a later one fractions: DuckDB and fastparquet read rounded numbers, without an error.
#
# Expected: 2.5, or an error as PyArrow and Polars give.
# Happens:  the first file's type holds for all. DuckDB casts 2.5 to 2 and 3.75 to 4; fastparquet cuts to 2 and 3.
# Seen:     duckdb 2.0.1, fastparquet 2026.9.0, files by pyarrow 26.0.1, Python 3.11, Linux x64:
#             duckdb: [1, 2, 2, 4], with union_by_name [1.0, 2.0, 2.5, 3.75]; fastparquet: [1, 2, 2, 3]
# Cares:    whoever writes batches whose types are inferred: a batch of whole numbers first is enough.
# Around:   DuckDB: read_parquet(..., union_by_name=true). Writers: one type a column in all files.
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check duckdb==2.0.1 fastparquet==2026.9.0 pandas==3.1.1 pyarrow==26.0.1
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys

import duckdb
import fastparquet
import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
paths = [f"{folder}/part-{index}.parquet" for index in range(2)]
pq.write_table(pa.table({"v": [1, 2]}), paths[0])
pq.write_table(pa.table({"v": [2.5, 3.75]}), paths[1])


def duck(options):
    return [v for (v,) in duckdb.sql(f"SELECT v FROM read_parquet('{folder}/part-*.parquet'{options})").fetchall()]


plain, by_name = duck(""), duck(", union_by_name = true")
fast = fastparquet.ParquetFile(paths).to_pandas()["v"].tolist()
print(f"duckdb: {plain}, with union_by_name {by_name}; fastparquet: {fast}")
sys.exit(0 if (plain, by_name, fast) == ([1, 2, 2, 4], [1.0, 2.0, 2.5, 3.75], [1, 2, 2, 3]) else 1)
PYTHON
