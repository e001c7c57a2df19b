"""Checkpoints as frames of Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .engine_source import EngineSource, source_of
from .reading import checked, table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

__all__ = ["frame"]


def frame(spark: SparkSession, *paths: str, **options: Any) -> DataFrame:
    """The columns of checkpoints as a frame, without the hidden ones; several paths are united by name.

    Whole files and folders of parts are read by Spark itself, on its executors; columns of folders' names have the types that they have
    in :func:`arrow_ckpt.table`. What Spark would not read as :func:`arrow_ckpt.table` does is read here, in the driver, and handed over:
    thin files, VARIANTs, URLs, and folders whose parts differ in types.

    Args:
        options: Those of ``spark.read``, for what it reads itself.
    """
    frames = [_one(spark, path, options) for path in paths]
    if not frames:
        raise ValueError("frame() needs a path")
    united = frames[0]
    for other in frames[1:]:
        united = united.unionByName(other, allowMissingColumns=True)
    return united


def _one(spark: SparkSession, path: str, options: dict[str, Any]) -> DataFrame:
    source = source_of(checked(path))
    schema = None if source is None or source.schema is None else _schema_of(source)
    if source is None or (source.schema is not None and schema is None):
        return spark.createDataFrame(table(path))
    read = spark.read.options(**options)
    found = (read if schema is None else read.schema(schema)).parquet(source.path)
    return found.select([f"`{name.replace('`', '``')}`" for name in source.names])


def _schema_of(source: EngineSource) -> StructType | None:
    """``None`` where Spark has no such type."""
    from pyspark.errors import PySparkException
    from pyspark.sql.pandas.types import from_arrow_schema

    try:
        return from_arrow_schema(source.schema)
    except PySparkException:
        return None
