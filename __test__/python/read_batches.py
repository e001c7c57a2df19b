"""Prints what engines make of each folder of batches: {folder: {engine: rows or error}}; hidden columns are left out."""

import glob
import json
import os
import sys

import duckdb
import polars
import pyarrow.dataset


def duck(pattern, **options):
    extra = ''.join(f', {name}={value}' for name, value in options.items())
    relation = duckdb.sql(f"select * from read_parquet('{pattern}'{extra})")
    return [dict(zip(relation.columns, row)) for row in relation.fetchall()]


def visible(rows):
    return [{key: value for key, value in row.items() if not key.startswith('__ckpt')} for row in rows]


ENGINES = {
    'duckdb': duck,
    'duckdb by name': lambda pattern: duck(pattern, union_by_name='true'),
    'pyarrow': lambda pattern: pyarrow.dataset.dataset(sorted(glob.glob(pattern))).to_table().to_pylist(),
    'polars': lambda pattern: polars.scan_parquet(pattern, missing_columns='insert', extra_columns='ignore').collect().to_dicts(),
}

found = {}
for folder in sorted(glob.glob(os.path.join(sys.argv[1], '*_batches'))):
    opened = found[os.path.basename(folder)] = {}
    for name, read in ENGINES.items():
        try:
            opened[name] = visible(read(os.path.join(folder, 'batch_*.parquet')))
        except Exception as error:
            opened[name] = str(error)
print(json.dumps(found, default=str))
