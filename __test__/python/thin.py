"""What engines see of a thin checkpoint: python thin.py DIRECTORY FILE COLUMN. Prints JSON."""

import json
import sys

import duckdb
import polars
import pyarrow.parquet as parquet

directory, file, column = sys.argv[1:]


def failure(work):
    try:
        return f"no error: {str(work())[:200]}"
    except Exception as error:  # noqa: BLE001
        return type(error).__name__


glob = f"{directory}/**/*.parquet"
table = parquet.read_table(file)
print(
    json.dumps(
        {
            "names": {
                "pyarrow": table.column_names,
                "polars": polars.scan_parquet(file).collect_schema().names(),
                "duckdb": [row[0] for row in duckdb.sql(f"describe select * from '{file}'").fetchall()],
            },
            "titles": {
                "pyarrow": table["title"].to_pylist()[:3],
                "polars": polars.read_parquet(file)["title"].to_list()[:3],
                "duckdb": [row[0] for row in duckdb.sql(f"select title from '{file}' limit 3").fetchall()],
            },
            "asked": {
                "pyarrow": failure(lambda: parquet.read_table(file, columns=[column])),
                "polars": failure(lambda: polars.read_parquet(file, columns=[column])),
                "duckdb": failure(lambda: duckdb.sql(f'select "{column}" from \'{file}\'').fetchall()),
            },
            "files": duckdb.sql(f"select count(distinct filename) from read_parquet('{glob}', filename=true, union_by_name=true)").fetchall()[0][0],
            "rows": polars.scan_parquet(glob, missing_columns="insert", extra_columns="ignore").select(polars.len()).collect().item(),
        }
    )
)
