"""Checkpoints as datasets of Ray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .columns import Columns
from .reading import checked, shown, table

if TYPE_CHECKING:
    from ray.data import Dataset

__all__ = ["dataset"]


def dataset(*paths: str, **options: Any) -> Dataset:
    """The columns of checkpoints as a dataset, without the hidden ones, read by Ray's workers.

    The values of a thin checkpoint are in several files that Ray knows nothing of: such a file is read here and handed over.

    Args:
        options: Those of ``ray.data.read_parquet``, for whole files.
    """
    import ray.data

    parts = []
    for path in paths:
        place = checked(path)
        with Columns(place) as opened:
            names = shown(opened.footer, opened.names)
            is_thin = bool(opened.footer.references)
        if is_thin:
            parts.append(ray.data.from_arrow(table(place)))
        else:
            parts.append(ray.data.read_parquet(str(place.absolute()), **options).select_columns(names))
    if not parts:
        raise ValueError("dataset() needs a path")
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]
