"""Rows of a file without types as an Arrow table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from .values import UNDEFINED, JsDate

__all__ = ["table_of"]

#: What Arrow says of values that are not of one type, or of none that it knows.
NO_TYPE = (pa.ArrowException, OverflowError, TypeError, ValueError)


def table_of(rows: Sequence[dict[str, Any]], names: Sequence[str] | None) -> pa.Table:
    """A column for each key that a row has, in the order in which they come; or for these ``names``."""
    keys = list(dict.fromkeys(key for row in rows for key in row)) if names is None else list(names)
    return pa.table([_column([row.get(key) for row in rows]) for key in keys], names=keys)


def _column(values: list[Any]) -> pa.Array:
    """Values that are not of the type of the first one are null, if they are not of one type."""
    plain = [None if value is UNDEFINED or isinstance(value, JsDate) else value for value in values]
    try:
        return pa.array(plain)
    except NO_TYPE:
        first = next((one for one in map(_scalar, plain) if one is not None and one.is_valid), None)
    wanted = pa.null() if first is None else first.type
    cells = (_scalar(value, wanted) for value in plain)
    return pa.array([None if cell is None else cell.as_py() for cell in cells], wanted)


def _scalar(value: Any, wanted: pa.DataType | None = None) -> pa.Scalar | None:
    try:
        return pa.scalar(value, wanted)
    except NO_TYPE:
        return None
