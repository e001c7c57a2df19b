"""What the package is for: a checkpoint as rows, as an Arrow table, as a frame of pandas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import pyarrow as pa

from .errors import CheckpointError
from .folder import survey
from .folder_rows import folder_batches, folder_table
from .info import Info
from .parquet_rows import BATCH_ROWS, Row, parquet_batches, parquet_info, parquet_table
from .places import LocalPlace, Place
from .remote_places import RemotePlace
from .row_table import table_of
from .stores import located
from .text_files import text_batches, text_info

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Info", "batches", "info", "load", "rows", "table", "to_pandas"]

StrPath = Union[str, "PathLike[str]"]
MAGIC = b"PAR1"
_URL = re.compile("[A-Za-z][A-Za-z0-9+.-]+://")


def info(path: StrPath, filesystem: Any = None) -> Info:
    """What is known of a checkpoint without its rows. JSON files are read to their end, of a folder of parts each footer."""
    place = checked(path, None, filesystem)
    if place.kind() == "folder":
        return survey(place).info
    return parquet_info(place) if _is_parquet(place) else text_info(place)


def rows(path: StrPath, columns: Sequence[str] | None = None, filesystem: Any = None) -> Iterator[Row]:
    """The rows one by one, exactly as they were saved: keys in their order, missing ones missing.

    A ``bigint`` is a :class:`BigInt`, ``undefined`` is :data:`UNDEFINED`, a date a ``datetime`` in UTC (or a
    :class:`JsDate`), bytes ``bytes``, a Float64Array an ``array`` of ``'d'``, a Float32Array one of ``'f'``.

    Args:
        path: Of a Parquet, JSON or JSON lines checkpoint, or of a folder of Parquet parts; or a URL of either.
        columns: Top-level keys that are wanted; others are not read. Default: all.
        filesystem: One of ``pyarrow.fs`` or fsspec, of which ``path`` is a key. Default: this machine's, or the one of the URL.

    Raises:
        CheckpointError: ``ERR_CKPT_NOT_FOUND``, ``ERR_CKPT_CORRUPT``, ``ERR_CKPT_FORMAT_VERSION``, ``ERR_CKPT_BASE``,
            ``ERR_CKPT_UNKNOWN_COLUMN``; of folders ``ERR_CKPT_NOT_A_FILE``, ``ERR_CKPT_PARTS_DIFFER``, ``ERR_CKPT_CHANGED``.
    """
    for batch in batches(path, columns, filesystem=filesystem):
        yield from batch


def load(path: StrPath, columns: Sequence[str] | None = None, filesystem: Any = None) -> list[Row]:
    """All rows: see :func:`rows`."""
    return list(rows(path, columns, filesystem))


def batches(path: StrPath, columns: Sequence[str] | None = None, size: int = BATCH_ROWS, filesystem: Any = None) -> Iterator[list[Row]]:
    """The rows in lists of at most ``size``: see :func:`rows`. Memory holds one of them."""
    place = checked(path, columns, filesystem)
    if size < 1:
        raise CheckpointError("ERR_CKPT_INVALID_ARGUMENT", f"size must be 1 or more, got {size}")
    if place.kind() == "folder":
        return folder_batches(place, columns, size)
    return parquet_batches(place, columns, size) if _is_parquet(place) else text_batches(place, columns, size)


def table(path: StrPath, columns: Sequence[str] | None = None, filesystem: Any = None) -> pa.Table:
    """The columns as an Arrow table, without the hidden ones: what other engines see.

    The columns have their names in the file. A value that is not of its column's type is null here: :func:`rows` has it. Values that are
    in other files are put in their place.

    Args:
        path: Of a checkpoint. JSON has no types: its columns get those of their values.
        columns: Names of columns. Default: all.
        filesystem: See :func:`rows`.
    """
    place = checked(path, columns, filesystem)
    if place.kind() == "folder":
        return folder_table(place, columns)
    return parquet_table(place, columns) if _is_parquet(place) else table_of(load(path, columns, filesystem), columns)


def to_pandas(path: StrPath, columns: Sequence[str] | None = None, filesystem: Any = None, **options: Any) -> pd.DataFrame:
    """The table as a frame of pandas. ``options`` are those of ``pyarrow.Table.to_pandas``."""
    return table(path, columns, filesystem).to_pandas(**options)


def checked(path: StrPath, columns: Sequence[str] | None = None, filesystem: Any = None) -> Place:
    """The place of a file or folder that is there."""
    if isinstance(columns, str):
        raise CheckpointError("ERR_CKPT_INVALID_ARGUMENT", f"columns must be a list of names, got '{columns}'")
    is_url = isinstance(path, str) and _URL.match(path) is not None
    place = RemotePlace(located(str(path), filesystem)) if is_url or filesystem is not None else LocalPlace(Path(path))
    if place.kind() is None:
        raise CheckpointError("ERR_CKPT_NOT_FOUND", f"{place}: no such file", str(place))
    return place


def _is_parquet(place: Place) -> bool:
    if place.is_far and place.suffix == ".parquet":
        return True
    with place.asked(), place.open() as file:
        return file.read(4) == MAGIC
