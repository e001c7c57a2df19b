"""A folder of Parquet parts as one checkpoint: docs/parts.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .columns import Columns
from .errors import CheckpointError
from .footer import Footer
from .hive import HiveType, HiveValue, hive_columns, hive_value
from .info import Info
from .list_parts import Part, list_parts, while_same
from .places import Place
from .united_columns import PartColumn, TableColumn, UnitedColumns, columns_of

__all__ = ["READINGS", "Folder", "KnownPart", "survey", "unchanged"]

#: How often a reading starts over because another process replaced the folder meanwhile.
READINGS = 20

T = TypeVar("T")


@dataclass(frozen=True)
class KnownPart:
    """A part with what its footer says.

    Attributes:
        is_full: Rows hold every key of the folder, ``None`` where there is nothing: as other writers leave them.
        constants: The values of columns that names of folders give, the same in each row; a column of its own counts more.
    """

    part: Part
    rows: int
    is_full: bool
    is_thin: bool
    columns: tuple[PartColumn, ...]
    constants: dict[str, HiveValue]

    @property
    def keys(self) -> list[str]:
        return [column.key for column in self.columns]


@dataclass(frozen=True)
class Folder:
    """What is known of a folder without its rows.

    Attributes:
        table: Its columns by the keys of rows, those of folders' names at the end.
        hive: Those that names of folders give, with the type that the names alone have.
    """

    parts: list[KnownPart]
    table: dict[str, TableColumn]
    hive: dict[str, HiveType]
    info: Info


def survey(place: Place) -> Folder:
    """Lists the parts, reads each footer, unites the columns. Raises what :func:`list_parts` does, and ``ERR_CKPT_PARTS_DIFFER``."""
    return unchanged(lambda: while_same(place, lambda: _survey(place)))


def unchanged(work: Callable[[], T]) -> T:
    """Calls ``work`` again while another process replaces the folder."""
    for attempt in range(READINGS):
        try:
            return work()
        except CheckpointError as error:
            if error.code != "ERR_CKPT_CHANGED" or attempt == READINGS - 1:
                raise
    raise AssertionError


def _survey(place: Place) -> Folder:
    listed = list_parts(place)
    hive = hive_columns(part.pairs for part in listed)
    united = UnitedColumns()
    common = _Common()
    parts: list[KnownPart] = []
    for part in listed:
        try:
            opened = Columns(part.place)
        except CheckpointError:
            part.check()
            raise
        with opened:
            columns = columns_of(opened)
            footer = opened.footer
            common.add(footer)
            parts.append(KnownPart(part, opened.file.metadata.num_rows, footer.plan is None, bool(footer.references), tuple(columns), {}))
        united.add(part.place, columns)
    for key, type_ in hive.items():
        _give_constants(parts, key, type_, united)
    return Folder(parts, united.table, hive, common.info(place, parts, united.keys))


def _give_constants(parts: list[KnownPart], key: str, type_: HiveType, united: UnitedColumns) -> None:
    """A null of a folder's name fits any type."""
    without = [(part, dict(part.part.pairs).get(key)) for part in parts if key not in part.keys]
    named = next((part.part.place for part, text in without if text is not None), None)
    if named is not None or key not in united.keys:
        given = united.given_as(key, type_, parts[0].part.place if named is None else named)
    else:
        given = type_
    for part, text in without:
        part.constants[key] = hive_value(text, given)


class _Common:
    """What all parts say alike."""

    def __init__(self) -> None:
        self._footers = 0
        self._hash: str | None = None
        self._metadata: dict[str, str] = {}
        self._version: int | None = None

    def add(self, footer: Footer) -> None:
        self._footers += 1
        if self._footers == 1:
            self._hash, self._metadata, self._version = footer.hash, footer.metadata, footer.version
            return
        self._hash = self._hash if self._hash == footer.hash else None
        self._version = self._version if self._version == footer.version else None
        self._metadata = {key: value for key, value in self._metadata.items() if footer.metadata.get(key) == value}

    def info(self, place: Place, parts: list[KnownPart], keys: list[str]) -> Info:
        size = sum(one.part.bytes for one in parts)
        rows = sum(one.rows for one in parts)
        is_thin = any(one.is_thin for one in parts)
        return Info(place.shown, "parquet", size, rows, self._hash, self._metadata, keys, self._version, is_thin, len(parts))
