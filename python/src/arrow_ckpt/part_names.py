"""Names in a folder of parts: docs/parts.md. The rules are those of the package for Node."""

from __future__ import annotations

import re
from functools import cmp_to_key

__all__ = ["by_names", "is_batch", "is_by_engine", "is_ignored", "is_marker", "is_part", "is_partition", "table_of_log"]

#: What an engine leaves in a folder beside the parts, and which says that the folder is one of parts.
_MARKERS = frozenset(["_SUCCESS", "_metadata", "_common_metadata"])
#: Folders of tables whose log says which files count: the files alone are not the table.
_TABLES = {"_delta_log": "Delta Lake", ".hoodie": "Hudi"}
_PARQUET = re.compile(r"\.(?:parquet|parq|pq)$", re.IGNORECASE)
#: Names that engines give to parts, and people hardly ever to files of their own.
_BY_ENGINES = re.compile(r"(?:part[-.]|data_[0-9]|[0-9]+[_.-]|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32})", re.IGNORECASE)
_BATCHES = re.compile(r"_batches$", re.IGNORECASE)
_BATCH = re.compile(r"batch_[0-9]+\.(?:parquet|json)")
_PIECES = re.compile(r"[0-9]+|[^0-9]+")


def is_marker(name: str) -> bool:
    return name in _MARKERS


def table_of_log(name: str) -> str | None:
    """Whose table a folder with this entry is; ``None`` if it is none."""
    return _TABLES.get(name)


def is_ignored(name: str) -> bool:
    """Whether nobody takes the entry for data. As in Spark, a ``_year=2024`` is data."""
    return name.startswith(".") or (name.startswith("_") and not is_partition(name))


def is_partition(name: str) -> bool:
    return name.find("=") > 0


def is_batch(folder: str, name: str) -> bool:
    """Whether they have the names that a map gives its batches: ``day=1_batches`` is no day then."""
    return _BATCHES.search(folder) is not None and _BATCH.fullmatch(name) is not None


def is_part(name: str) -> bool:
    return _PARQUET.search(name) is not None


def is_by_engine(name: str) -> bool:
    return is_part(name) and _BY_ENGINES.match(name) is not None


def _compare_texts(one: str, other: str) -> int:
    """As JavaScript compares strings: by units of UTF-16."""
    if one == other:
        return 0
    return -1 if one.encode("utf-16-be", "surrogatepass") < other.encode("utf-16-be", "surrogatepass") else 1


def _compare_names(one: str, other: str) -> int:
    first, second = _PIECES.findall(one), _PIECES.findall(other)
    for a, b in zip(first, second):
        if a[0] in "0123456789" and b[0] in "0123456789":
            a, b = a.lstrip("0") or "0", b.lstrip("0") or "0"
            order = len(a) - len(b) or _compare_texts(a, b)
        else:
            order = _compare_texts(a, b)
        if order != 0:
            return order
    return len(first) - len(second) or _compare_texts(one, other)


def _compare_steps(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    for a, b in zip(one, other):
        order = _compare_names(a, b)
        if order != 0:
            return order
    return len(one) - len(other)


#: The order of parts: by the names on the way, with the numbers in names as numbers, so that ``part.10`` comes behind ``part.2``.
by_names = cmp_to_key(_compare_steps)
