"""What PyArrow and DuckDB make of the page indexes and bloom filters of a file: prints JSON."""

import json
import sys

import duckdb
import pyarrow.parquet as pq

path = sys.argv[1]
metadata = pq.read_metadata(path)
chunks = [metadata.row_group(group).column(column) for group in range(metadata.num_row_groups) for column in range(metadata.num_columns)]
db = duckdb.connect()


def duck(sql):
    return [list(row) for row in db.execute(sql, [path]).fetchall()]


def ids(filters):
    return sorted(pq.read_table(path, columns=["id"], filters=filters, page_checksum_verification=False)["id"].to_pylist())


print(
    json.dumps(
        {
            "indexed": {chunk.path_in_schema: [chunk.has_column_index, chunk.has_offset_index] for chunk in chunks},
            "filters": duck(
                "SELECT DISTINCT path_in_schema FROM parquet_metadata(?) WHERE bloom_filter_offset IS NOT NULL ORDER BY 1"
            ),
            "present": duck("SELECT bloom_filter_excludes FROM parquet_bloom_probe(?, 'key', 'key 1234')"),
            "absent": duck("SELECT bloom_filter_excludes FROM parquet_bloom_probe(?, 'key', 'key 1234x')"),
            "pyarrow": [ids([("id", ">=", 4000), ("id", "<", 4003)]), ids([("key", "==", "key 1234")]), ids([("key", "==", "key 1234x")])],
            "duckdb": [
                [row[0] for row in duck("SELECT id FROM read_parquet(?) WHERE id >= 4000 AND id < 4003 ORDER BY id")],
                [row[0] for row in duck("SELECT id FROM read_parquet(?) WHERE key = 'key 1234'")],
                [row[0] for row in duck("SELECT id FROM read_parquet(?) WHERE key = 'key 1234x'")],
            ],
            "rows": duck("SELECT count(*), sum(id), count(DISTINCT key), sum(len(tags)) FROM read_parquet(?)"),
        }
    )
)
