"""Columns that the names of folders give: ``year=2024``. docs/parts.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, Optional, Union
from urllib.parse import unquote_to_bytes

from .part_names import is_partition

__all__ = ["HivePair", "HiveType", "HiveValue", "hive_columns", "hive_pair", "hive_value"]

#: A column and its text; ``None`` for a null.
HivePair = tuple[str, Optional[str]]
HiveType = Literal["int64", "string"]
HiveValue = Union[int, str, None]

_NULL = "__HIVE_DEFAULT_PARTITION__"
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
#: Number.MAX_SAFE_INTEGER, and how many digits it has.
_SAFE = 2**53 - 1
_DIGITS = 16


def hive_pair(name: str) -> HivePair | None:
    """What a name ``key=value`` gives, percent signs undone; ``None`` for another name."""
    if not is_partition(name):
        return None
    key, _, text = name.partition("=")
    return _decoded(key), None if text == _NULL else _decoded(text)


def _decoded(text: str) -> str:
    if _NO_ESCAPE.search(text) is not None:
        return text
    try:
        return unquote_to_bytes(text.encode("utf-8", "surrogateescape")).decode()
    except UnicodeDecodeError:
        # Percent signs that are some.
        return text


def hive_columns(parts: Iterable[Iterable[HivePair]]) -> dict[str, HiveType]:
    """The columns, in the order in which they come. A column is of numbers if all its texts are safe integers."""
    types: dict[str, HiveType] = {}
    for pairs in parts:
        for key, text in pairs:
            fits = text is None or (_INTEGER.fullmatch(text) is not None and len(text) <= _DIGITS + 1 and abs(int(text)) <= _SAFE)
            types[key] = "int64" if fits and types.get(key) != "string" else "string"
    return types


def hive_value(text: str | None, type_: HiveType) -> HiveValue:
    return text if text is None or type_ == "string" else int(text)
