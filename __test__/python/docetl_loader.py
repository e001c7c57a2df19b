"""Loads a directory as the loaders of DocETL do, from what is known of them: table.to_pandas().to_dict("records") and the sentinels, or json.load.

Prints one JSON object of `<step>/<operation>` to rows in Python's JSON, a float as {"$float": "<repr>"} where its text could be taken for an integer's.
"""

import json
import pathlib
import sys

import numpy
import pandas
import pyarrow.parquet as pq

PREFIX = "__mixed_list_json__:"


def restore(value):
    if isinstance(value, numpy.ndarray):
        value = value.tolist()
    if isinstance(value, numpy.generic):
        value = value.item()
    if isinstance(value, list):
        return [] if value == ["__empty_list__"] else [restore(item) for item in value]
    if isinstance(value, dict):
        return {} if value == {"__empty_dict__": True} else {key: restore(item) for key, item in value.items()}
    if isinstance(value, str):
        if value == "__null__":
            return None
        return json.loads(value[len(PREFIX):]) if value.startswith(PREFIX) else value
    if value is None or value is pandas.NaT or (isinstance(value, float) and pandas.isna(value)):
        return None
    return value


def records(path):
    return [{key: restore(value) for key, value in row.items()} for row in pq.read_table(path).to_pandas().to_dict("records")]


directory = pathlib.Path(sys.argv[1])
config = json.loads((directory / ".docetl_intermediate_config.json").read_text())
loaded = {}
for step, operations in config.items():
    for operation, digest in operations.items():
        parquet = directory / step / f"{operation}.parquet"
        rows = records(parquet) if parquet.exists() else json.load(open(directory / step / f"{operation}.json"))
        loaded[f"{step}/{operation}"] = {"hash": digest, "rows": rows}
sys.stdout.write(json.dumps(loaded))
