"""Spark and Ray: skipped where they are not installed."""

from pathlib import Path

import pytest

import arrow_ckpt
import arrow_ckpt.ray
import arrow_ckpt.spark


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
    finally:
        ray.shutdown()
