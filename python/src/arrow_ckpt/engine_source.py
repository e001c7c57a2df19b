"""What an engine is told to read of a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from .columns import Columns
from .folder import Folder, survey
from .parquet_rows import shown
from .places import LocalPlace, Place
from .united_types import plain_type
from .value_class import holds

__all__ = ["EngineSource", "source_of"]


@dataclass(frozen=True)
class EngineSource:
    """A checkpoint that an engine's own reader reads right, if it is told this.

    Attributes:
        paths: Of the file, or of all parts.
        names: The columns that are not hidden.
        schema: Of a folder: one type for each column, also of those that names of folders give.
        hive: Whether there are such.
        is_even: Whether each part has all columns.
    """

    path: str
    paths: list[str]
    names: list[str]
    schema: pa.Schema | None
    hive: bool = False
    is_even: bool = True


def source_of(place: Place) -> EngineSource | None:
    """``None`` for what an engine would read otherwise than :func:`~arrow_ckpt.table`: it is to be read here and handed over.

    The values of a thin file are in several files that an engine knows nothing of. Of a folder engines take the types of one part for
    all, and a column that a part holds for that of the folders' names.
    """
    if not isinstance(place, LocalPlace):
        return None
    path = str(place.path.absolute())
    if place.kind() == "folder":
        return _of_folder(place, path)
    with Columns(place) as opened:
        names = shown(opened.footer, opened.names)
        if opened.footer.references or any(opened.inside(name) is not None for name in names):
            return None
        return EngineSource(path, [path], names, None)


def _of_folder(place: LocalPlace, path: str) -> EngineSource | None:
    folder = survey(place)
    if not folder.parts or not _is_plain(folder):
        return None
    schema = pa.schema([(column.name, plain_type(column.type)) for column in folder.table.values()])
    names = [column.name for key, column in folder.table.items() if key not in folder.hive]
    is_even = all([column.name for column in part.columns] == names for part in folder.parts)
    paths = [str(part.part.place) for part in folder.parts]
    return EngineSource(path, paths, schema.names, schema, bool(folder.hive), is_even)


def _is_plain(folder: Folder) -> bool:
    for part in folder.parts:
        if part.is_thin or any(column.key in folder.hive for column in part.columns):
            return False
        for column in part.columns:
            united = folder.table[column.key]
            if holds(column.value, "variant"):
                return False
            if united.as_json or united.name != column.name or plain_type(united.type) != plain_type(column.type):
                return False
    return True
