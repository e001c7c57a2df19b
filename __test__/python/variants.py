"""Writes VARIANT columns with DuckDB: values of a file with one JSON text a line, and one value of each SQL expression of another."""

import sys
from pathlib import Path

import duckdb

FOLDER = Path(sys.argv[1])
SHREDDINGS = ["VARIANT", "BIGINT", "VARCHAR", "STRUCT(a BIGINT, b VARCHAR[], c STRUCT(d DOUBLE))", "STRUCT(a VARCHAR)[]"]


def copy(query: str, name: str, options: str = "") -> None:
    connection.execute(f"COPY ({query}) TO '{FOLDER / name}' (FORMAT parquet{options})")


connection = duckdb.connect()
connection.execute("SET timezone = 'UTC'")
connection.execute("CREATE TABLE texts (id BIGINT, j VARCHAR)")
texts = (FOLDER / "values.jsonl").read_text(encoding="utf-8").splitlines()
connection.executemany("INSERT INTO texts VALUES (?, ?)", list(enumerate(texts)))
connection.execute("CREATE TABLE variants AS SELECT id, j::JSON::VARIANT AS v FROM texts ORDER BY id")

copy("FROM variants", "chosen.parquet")
(FOLDER / "mixed.parquet").mkdir()
for at, shredding in enumerate(SHREDDINGS):
    copy("FROM variants", f"shredded-{at}.parquet", f", SHREDDING {{v: '{shredding}'}}")
    rows = f"FROM variants WHERE id % {len(SHREDDINGS)} = {at} ORDER BY id"
    copy(rows, f"mixed.parquet/part-{at}.parquet", f", SHREDDING {{v: '{shredding}'}}")
for at, expression in enumerate((FOLDER / "types.sql").read_text(encoding="utf-8").splitlines()):
    copy(f"SELECT ({expression})::VARIANT AS v", f"type-{at}.parquet")
    copy(f"SELECT ({expression})::VARIANT AS v", f"plain-{at}.parquet", ", SHREDDING {v: 'VARIANT'}")
