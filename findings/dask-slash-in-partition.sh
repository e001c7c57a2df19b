#!/usr/bin/env bash
# Dask writes values of partition columns into names of folders as they are: a slash splits them, and other values come back.
#
# Expected: the values that were written, as from PyArrow, Polars, DuckDB and Spark, which encode them (`a%2Fb%3Dc`).
# Happens:  `a/b=c` becomes two folders, `kind=a` and `b=c` below it. What reads the folder finds 'a', and a column `b` that nobody wrote.
# Seen:     dask 2026.8.0, pandas 3.1.1, pyarrow 25.0.1, Python 3.11, Linux x64:
#             written: ['a/b=c', 'plain'], folders: ['kind=a/b=c', 'kind=plain']
# Cares:    whoever partitions by URLs, paths, or texts of users.
# Around:   encode the column before (urllib.parse.quote), or write without partitions.
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check 'dask[dataframe]==2026.8.0' pandas==3.1.1 pyarrow==25.0.1
"$folder/venv/bin/python" - "$folder/out" <<'PYTHON'
import sys
from pathlib import Path

import dask.dataframe as dd
import pandas as pd

if __name__ == "__main__":
    out = Path(sys.argv[1])
    frame = pd.DataFrame({"id": [1, 2], "kind": ["a/b=c", "plain"]})
    dd.from_pandas(frame, npartitions=1).to_parquet(out, write_index=False, partition_on=["kind"])
    folders = sorted({str(path.parent.relative_to(out)) for path in out.rglob("*.parquet")})
    print(f"written: {sorted(frame['kind'])}, folders: {folders}")
    sys.exit(0 if folders == ["kind=a/b=c", "kind=plain"] else 1)
PYTHON
