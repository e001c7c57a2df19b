"""Checkpoints as datasets of Ray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .engine_source import source_of
from .reading import checked, table

if TYPE_CHECKING:
    from ray.data import Dataset

__all__ = ["dataset"]


def dataset(*paths: str, **options: Any) -> Dataset:
    """The columns of checkpoints as a dataset, without the hidden ones, read by Ray's workers.

    What Ray would not read as :func:`arrow_ckpt.table` does is read here and handed over: thin files, VARIANTs, URLs, folders whose parts
    differ in types or columns, and those with columns of folders' names.

    Args:
        options: Those of ``ray.data.read_parquet``, for what it reads itself.
    """
    import ray.data

    parts = []
    for path in paths:
        source = source_of(checked(path))
        if source is None or source.hive or not source.is_even:
            parts.append(ray.data.from_arrow(table(path)))
        else:
            read = ray.data.read_parquet(source.paths, **{"partitioning": None, **options})
            parts.append(read.select_columns(source.names))
    if not parts:
        raise ValueError("dataset() needs a path")
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]
