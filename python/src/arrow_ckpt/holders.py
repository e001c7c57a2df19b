"""Finds the files that a thin checkpoint refers to: FORMAT.md, section 12."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow.parquet as pq

from .errors import CheckpointError
from .footer import Footer, Holder, open_parquet
from .places import Place

__all__ = ["open_holder"]

FOLDERS = 8
_ID = re.compile("[0-9a-f]{32}")


def open_holder(holder: Holder, path: Place) -> tuple[pq.ParquetFile, Footer]:
    """Opens the file that is meant. Raises ``ERR_CKPT_BASE`` where it is missing or another one."""
    if _ID.fullmatch(holder.id) is None:
        raise CheckpointError("ERR_CKPT_CORRUPT", f"{path}: a file that it refers to has no id", str(path))
    others: list[str] = []
    for place in _places(holder, path):
        try:
            if place.size() != holder.bytes:
                others.append(f"{place} has another length")
                continue
            file, footer = open_parquet(place)
        except (OSError, CheckpointError):
            continue
        if footer.id == holder.id and footer.checksum == holder.footer and file.metadata.num_rows == holder.rows:
            return file, footer
        file.close(force=True)
        others.append(f"{place} is another file")
    what = f"; {', '.join(dict.fromkeys(others))}" if others else ""
    advice = "read the other columns with columns=, or copy the whole directory with its .ckpt"
    message = f"{path} has values in the file {holder.id}, last seen as '{holder.hint}', which is missing{what}; {advice}"
    raise CheckpointError("ERR_CKPT_BASE", message, str(path))


def _places(holder: Holder, path: Place) -> Iterator[Place]:
    above = path.above(FOLDERS)
    # A web server has no folders that could be asked for.
    homes = [folder for folder in above if folder.child(".ckpt").kind() == "folder"]
    for folder in homes or above:
        yield folder.child(".ckpt", "pool", f"{holder.id}.holder")
        yield from _kept(folder.child(".ckpt", "trash"), holder.id)
        steps = holder.hint.split("/")
        if not any(step in ("", ".", "..") for step in steps):
            yield folder.child(*steps)


def _kept(trash: Place, id_: str) -> list[Place]:
    if trash.kind() != "folder":
        return []
    found = [entry for entry in trash.entries() if entry.name.startswith(f"{id_}.")]
    return [entry.place for entry in sorted(found, key=lambda one: one.name)]
