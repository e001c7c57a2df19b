#!/usr/bin/env bash
# Spark looks numbers up in Parquet dictionaries, and takes -0.0 and 0.0 there for two.
#
# Expected: `x = 0` finds -0.0, as it does in Spark over data in memory.
# Happens:  a row group whose dictionary holds -0.0 and no 0.0 is left out.
# Seen:     pyspark 4.3.0, Java 17, file by pyarrow 18.1.0, Python 3.11, Linux x64:
#             pushdown true: 0 rows, pushdown false: 3 rows
# Cares:    whoever filters computed numbers for zero: rows vanish, depending on how a writer encoded them.
# Around:   spark.sql.parquet.filterPushdown=false, or a file whose column has no dictionary (use_dictionary=False).
#
# Needs Java 17 or later. Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyspark==4.3.0 pyarrow==18.1.0
"$folder/venv/bin/python" - "$folder/zeros.parquet" 2> "$folder/log" <<'PYTHON' || { tail -5 "$folder/log"; exit 1; }
import sys

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

path = sys.argv[1]
pq.write_table(pa.table({"x": [-0.0, -0.0, -0.0, 5.0]}), path)
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1").getOrCreate()
counts = {}
for pushdown in ("true", "false"):
    spark.conf.set("spark.sql.parquet.filterPushdown", pushdown)
    counts[pushdown] = spark.read.parquet(path).where("x = 0.0D").count()
spark.stop()
print(f"pushdown true: {counts['true']} rows, pushdown false: {counts['false']} rows")
sys.exit(0 if counts == {"true": 0, "false": 3} else 1)
PYTHON
