"""Spark and Ray: skipped where they are not installed."""

from pathlib import Path

import pytest

import arrow_ckpt
import arrow_ckpt.ray
import arrow_ckpt.spark

#: Of even parts, of parts that differ, and with columns of folders' names.
FOLDERS = ["parts.parquet", "mixed-parts.parquet", "hive.parquet"]


def test_spark(made: Path) -> None:
    sql = pytest.importorskip("pyspark.sql")
    session = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        whole = arrow_ckpt.spark.frame(session, str(made / "mixed.parquet"))
        assert whole.columns == ["id", "v"] and whole.count() == 40
        thin = arrow_ckpt.spark.frame(session, str(made / "thin" / "process" / "summarise.parquet"))
        assert thin.columns == ["id", "text", "vector", "summary"]
        assert thin.filter("text like 'document 17 %'").count() == 1
        both = arrow_ckpt.spark.frame(session, str(made / "mixed.parquet"), str(made / "odd.parquet"))
        assert both.count() == 43
        for name in FOLDERS:
            folder = arrow_ckpt.spark.frame(session, str(made / name))
            expected = arrow_ckpt.table(made / name)
            assert folder.columns == expected.column_names
            key = expected.column_names[0]
            assert folder.orderBy(key).toArrow().to_pylist() == expected.sort_by(key).to_pylist()
    finally:
        session.stop()


def test_ray(made: Path) -> None:
    ray = pytest.importorskip("ray")
    pytest.importorskip("ray.data")
    ray.init(num_cpus=1, include_dashboard=False, logging_level="error")
    try:
        whole = arrow_ckpt.ray.dataset(str(made / "mixed.parquet"))
        assert whole.count() == 40 and set(whole.columns()) == {"id", "v"}
        thin = arrow_ckpt.ray.dataset(str(made / "thin" / "process" / "summarise.parquet"))
        assert thin.count() == 3000 and set(thin.columns()) == {"id", "text", "vector", "summary"}
        for name in FOLDERS:
            folder = arrow_ckpt.ray.dataset(str(made / name))
            expected = arrow_ckpt.table(made / name)
            key = expected.column_names[0]
            assert sorted(folder.take_all(), key=lambda row: row[key]) == expected.sort_by(key).to_pylist()
    finally:
        ray.shutdown()
