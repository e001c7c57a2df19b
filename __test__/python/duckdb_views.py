"""Runs statements that make views, and prints as JSON the rows of each view as DuckDB gives them, by its name."""

import json
import sys
from pathlib import Path

import duckdb
from read_files import plain

connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")
connection.execute(Path(sys.argv[1]).read_text(encoding="utf-8"))
views = [name for (name,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()]
rows = {}
for view in views:
    name = view.replace('"', '""')
    rows[view] = plain(connection.execute(f'SELECT * FROM "{name}"').to_arrow_table().to_pylist())
print(json.dumps(rows))
