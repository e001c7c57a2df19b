"""Checkpoints as frames of Spark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .columns import Columns
from .reading import checked, shown, table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["frame"]


def frame(spark: SparkSession, *paths: str, **options: Any) -> DataFrame:
    """The columns of checkpoints as a frame, without the hidden ones; several paths are united by name.

    Whole files are read by Spark itself, on its executors. The values of a thin checkpoint are in several files that Spark knows
    nothing of: such a file is read here, in the driver, and handed over.

    Args:
        options: Those of ``spark.read``, for whole files.
    """
    frames = [_one(spark, path, options) for path in paths]
    if not frames:
        raise ValueError("frame() needs a path")
    united = frames[0]
    for other in frames[1:]:
        united = united.unionByName(other, allowMissingColumns=True)
    return united


def _one(spark: SparkSession, path: str, options: dict[str, Any]) -> DataFrame:
    place: Path = checked(path)
    with Columns(place) as opened:
        names = shown(opened.footer, opened.names)
        if opened.footer.references:
            return spark.createDataFrame(table(place))
    read = spark.read.options(**options).parquet(str(place.absolute()))
    return read.select([f"`{name.replace('`', '``')}`" for name in names])
