"""Prints the schema of each Parquet file below a folder, hidden columns left out: {path: {column: type}}."""

import glob
import json
import os
import sys

import pyarrow.parquet

found = {}
for path in sorted(glob.glob(os.path.join(sys.argv[1], "**", "*.parquet"), recursive=True)):
    schema = pyarrow.parquet.read_schema(path)
    found[os.path.relpath(path, sys.argv[1])] = {field.name: str(field.type) for field in schema if not field.name.startswith("__ckpt")}
print(json.dumps(found))
