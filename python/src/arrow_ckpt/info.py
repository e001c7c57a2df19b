"""What is known of a checkpoint without its rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Info"]


@dataclass(frozen=True)
class Info:
    """What is known of a checkpoint without its rows.

    Attributes:
        path: A ``Path``; of a URL its text.
        bytes: Of all parts, where it is a folder of parts.
        rows: How many.
        hash: The hash of the operation that made it; ``None`` for none.
        metadata: Texts by key, as they were saved.
        columns: The keys of the rows, in the order of the columns.
        version: Of the format; ``None`` for another program's file.
        is_thin: Values are in other files: see docs/deltas.md.
        parts: How many files a folder of parts has; ``None`` for a file.
    """

    path: Path | str
    format: str
    bytes: int
    rows: int
    hash: str | None
    metadata: dict[str, str]
    columns: list[str]
    version: int | None
    is_thin: bool
    parts: int | None = None
