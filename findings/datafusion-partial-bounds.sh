#!/usr/bin/env bash
# DataFusion takes the minimum and maximum of those row groups that have some for those of the file.
#
# Expected: a row group without minimum and maximum may hold anything. The format allows a writer to leave them out, and DuckDB does so
# where a row group holds a NaN. Happens:  max(x) is answered from the other row groups, and a condition beyond their maximum finds nothing.
# No error. Seen:     datafusion 55.0.0, file by duckdb 2.0.1, Python 3.11, Linux x64:
#             row groups: [('0.0', '99.0'), (None, None)]
#             collect_statistics=true:  x = 5000: 0 rows, max(x) = 99.0
#             collect_statistics=false: x = 5000: 1 row
# Cares:    whoever keeps numbers with a few NaN in Parquet: rows vanish from filters and aggregates are wrong, for the whole column and not
# for NaN alone. Around:   SET datafusion.execution.collect_statistics = false, before the table is registered; for writers: bounds for all
# row groups of a column or for none.
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check datafusion==55.0.0 pyarrow==26.0.1 duckdb==2.0.1
"$folder/venv/bin/python" - "$folder/numbers.parquet" <<'PYTHON'
import sys

import duckdb
from datafusion import SessionConfig, SessionContext

path = sys.argv[1]
rows = "SELECT CASE i WHEN 3000 THEN 'nan'::DOUBLE WHEN 3500 THEN 5000 ELSE i % 100 END AS x FROM range(4096) r(i)"
duckdb.sql(f"COPY ({rows}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")
bounds = duckdb.sql(f"SELECT stats_min_value, stats_max_value FROM parquet_metadata('{path}') ORDER BY row_group_id").fetchall()
print("row groups:", bounds)


def ask(collect, sql):
    context = SessionContext(SessionConfig().set("datafusion.execution.collect_statistics", collect))
    context.register_parquet("t", path)
    return context.sql(sql).to_pydict()["n"][0]


COUNT = "SELECT count(*) AS n FROM t WHERE x = 5000"
found, whole = ask("true", COUNT), ask("false", COUNT)
greatest = ask("true", "SELECT max(x) AS n FROM t")
print(f"collect_statistics=true:  x = 5000: {found} rows, max(x) = {greatest}")
print(f"collect_statistics=false: x = 5000: {whole} rows")
sys.exit(0 if (bounds[1], found, greatest, whole) == ((None, None), 0, 99.0, 1) else 1)
PYTHON
