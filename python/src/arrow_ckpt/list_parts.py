"""The parts of a folder: docs/parts.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .errors import CheckpointError
from .hive import HivePair, hive_pair
from .part_names import by_names, is_batch, is_by_engine, is_ignored, is_marker, is_part, table_of_log
from .places import Entry, Place

__all__ = ["Part", "changed", "list_parts", "while_same"]

MAX_PARTS = 16_384
#: Folders ``key=value`` in each other.
MAX_KEYS = 16

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """A part of a folder, as it was when the folder was listed.

    Attributes:
        pairs: What the folders on its way give.
    """

    place: Place
    pairs: tuple[HivePair, ...]
    bytes: int
    stamp: str

    def check(self) -> None:
        """Raises ``ERR_CKPT_CHANGED`` where the part is not the one that was listed."""
        try:
            same = self.place.stamp() == self.stamp
        except OSError as error:
            raise _vanished(self.place) from error
        if not same:
            raise changed(self.place, f"the part {self.place} was changed or replaced while its folder was read")


def list_parts(folder: Place) -> list[Part]:
    """The parts in the order of their names.

    Raises:
        CheckpointError: ``ERR_CKPT_NOT_A_FILE`` for a folder that is none of parts, ``ERR_CKPT_UNSUPPORTED_FILE`` for a table with a log
            and for links that lead out of the folder, ``ERR_CKPT_LIMIT``, ``ERR_CKPT_CHANGED``.
    """
    parts = []
    for found in _Listing(folder).all():
        try:
            parts.append(Part(found.place, found.pairs, found.place.size(), found.place.stamp()))
        except OSError as error:
            raise _vanished(found.place) from error
    return parts


def while_same(folder: Place, work: Callable[[], T]) -> T:
    """Calls ``work``, which looks at a folder by its name. Raises ``ERR_CKPT_CHANGED`` where another one has the name at the end."""
    before = folder.identity()
    try:
        return work()
    finally:
        if folder.identity() != before:
            raise changed(folder, f"{folder} was replaced while it was read")


def changed(place: Place, what: str) -> CheckpointError:
    return CheckpointError("ERR_CKPT_CHANGED", f"{what}; read it again", str(place))


def _vanished(place: Place) -> CheckpointError:
    return changed(place, f"the part {place} was removed while its folder was read")


@dataclass(frozen=True)
class _Found:
    steps: tuple[str, ...]
    place: Place
    pairs: tuple[HivePair, ...]


class _Listing:
    def __init__(self, folder: Place) -> None:
        self._folder = folder
        self._found: list[_Found] = []
        self._looked = 0
        self._has_marker = False

    def all(self) -> list[_Found]:
        self._list(self._folder, (), ())
        if not self._found and not self._has_marker:
            raise self._no_parts("it has none")
        named = is_part(self._folder.name) or self._has_marker
        if not named and not all(one.pairs or is_by_engine(one.steps[-1]) for one in self._found):
            raise self._no_parts(
                "nothing says so: neither a name that ends in .parquet, nor _SUCCESS, nor names that engines give to parts; "
                "read its files one by one"
            )
        return sorted(self._found, key=lambda one: by_names(one.steps))

    def _list(self, place: Place, steps: tuple[str, ...], pairs: tuple[HivePair, ...]) -> None:
        for entry in place.entries():
            self._looked += 1
            if self._looked > 2 * MAX_PARTS + 1024:
                raise self._too_many("entries")
            table = table_of_log(entry.name) if not steps else None
            if table is not None:
                message = f"{self._folder} is a {table} table, whose log says which files count; read it with a program that knows it"
                raise CheckpointError("ERR_CKPT_UNSUPPORTED_FILE", message, str(self._folder))
            if not steps and is_marker(entry.name):
                self._has_marker = True
            if not is_ignored(entry.name):
                self._add(entry, (*steps, entry.name), pairs)

    def _add(self, entry: Entry, steps: tuple[str, ...], pairs: tuple[HivePair, ...]) -> None:
        if entry.place.leads_out(self._folder):
            message = f"{entry.place} is a link that leads out of the folder; copy the part into it"
            raise CheckpointError("ERR_CKPT_UNSUPPORTED_FILE", message, str(entry.place))
        path = "/".join(steps)
        if entry.kind == "folder":
            pair = hive_pair(entry.name)
            if pair is None:
                raise self._no_parts(f"'{path}' is a folder in it, and no key=value")
            if len(pairs) == MAX_KEYS:
                raise self._too_many("folders in each other")
            self._list(entry.place, steps, (*(one for one in pairs if one[0] != pair[0]), pair))
            return
        if len(steps) > 1 and is_batch(steps[-2], entry.name):
            above = "/".join(steps[:-1])
            raise self._no_parts(f"'{above}' has batches of a map that has not ended; run it to its end")
        if entry.kind is None or not is_part(entry.name):
            raise self._no_parts(f"'{path}' in it is no Parquet file")
        if len(self._found) == MAX_PARTS:
            raise self._too_many("parts")
        self._found.append(_Found(steps, entry.place, pairs))

    def _no_parts(self, why: str) -> CheckpointError:
        message = f"cannot read {self._folder}: it is a folder, and none of parts: {why}"
        return CheckpointError("ERR_CKPT_NOT_A_FILE", message, str(self._folder))

    def _too_many(self, what: str) -> CheckpointError:
        most = f" than {MAX_PARTS}" if what == "parts" else ""
        message = f"{self._folder} has more {what}{most}; write fewer and larger parts, or read the parts of it that you need"
        return CheckpointError("ERR_CKPT_LIMIT", message, str(self._folder))
