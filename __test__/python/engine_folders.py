"""Writes the same rows as folders of parts with one engine, plainly and in Hive's folders, and reads folders of ours with it.

engine_folders.py ENGINE write FOLDER
engine_folders.py ENGINE read FOLDER ...: prints a line of JSON for each
"""

import json
import sys
from pathlib import Path

ENGINE, ACT, *PLACES = sys.argv[1:]
KINDS = ["a b/c=ü%", "x:y?*", None, "plain"]


def rows():
    texts = [None if i % 7 == 0 else f"row {i} ü😀" for i in range(1000)]
    return [{"id": i, "text": texts[i], "score": i / 8, "year": 2020 + i % 3, "kind": KINDS[i % 4]} for i in range(1000)]


def spark():
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
    session = builder.config("spark.sql.variant.writeShredding.enabled", "true").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")

    def write(folder):
        frame = session.createDataFrame(rows(), "id bigint, text string, score double, year int, kind string")
        frame.repartition(3).write.parquet(f"{folder}/plain.parquet")
        frame.repartition(2).write.partitionBy("year", "kind").parquet(f"{folder}/hive")
        values = session.createDataFrame([(i, json.dumps({"a": i, "b": ["x", None, {"c": i % 2 == 0}]})) for i in range(100)], "id int, j string")
        values.selectExpr("id", "parse_json(j) v", "array(parse_json(j)) l", "map('k', parse_json(j)) m").write.parquet(f"{folder}/variant")
        typed = "to_variant_object(named_struct('a', cast(id as bigint), 'b', array('x', null), 'd', date'2024-02-29', 'e', 1.10BD)) v"
        values.selectExpr("id", typed).write.parquet(f"{folder}/shredded")

    def read(folder):
        frame = session.read.parquet(folder)
        return frame.count(), frame.selectExpr("sum(id)").first()[0], frame.where("text is null").count()

    return write, read


def ray():
    import ray as engine

    engine.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    data = engine.data

    def write(folder):
        frame = data.from_items(rows()).repartition(3)
        frame.write_parquet(f"{folder}/plain.parquet")
        frame.write_parquet(f"{folder}/hive", partition_cols=["year", "kind"])

    def read(folder):
        taken = data.read_parquet(folder, partitioning=None).take_all()
        return len(taken), sum(row["id"] for row in taken), sum(row["text"] is None for row in taken)

    return write, read


def dask():
    import dask.dataframe as dd
    import pandas as pd

    def write(folder):
        frame = dd.from_pandas(pd.DataFrame(rows()), npartitions=3)
        frame.to_parquet(f"{folder}/plain.parquet", write_index=False)
        frame.to_parquet(f"{folder}/hive", write_index=False, partition_on=["year", "kind"])

    def read(folder):
        frame = dd.read_parquet(folder, columns=["id", "text"]).compute()
        return len(frame), int(frame["id"].sum()), int(frame["text"].isna().sum())

    return write, read


def daft():
    import daft as engine

    def write(folder):
        frame = engine.from_pylist(rows())
        frame.into_partitions(3).write_parquet(f"{folder}/plain.parquet")
        frame.write_parquet(f"{folder}/hive", partition_cols=["year", "kind"])

    def read(folder):
        taken = engine.read_parquet(f"{folder}/*.parquet").to_pydict()
        return len(taken["id"]), sum(taken["id"]), sum(text is None for text in taken["text"])

    return write, read


write, read = {"spark": spark, "ray": ray, "dask": dask, "daft": daft}[ENGINE]()
if ACT == "write":
    Path(PLACES[0]).mkdir(parents=True, exist_ok=True)
    write(PLACES[0])
else:
    for place in PLACES:
        count, total, nulls = read(place)
        print(json.dumps({"rows": count, "sum": total, "nulls": nulls}))
