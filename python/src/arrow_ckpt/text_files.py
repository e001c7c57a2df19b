"""JSON and JSON lines checkpoints: FORMAT.md, section 7."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import Any

from .errors import CheckpointError, check_version, corrupt
from .extended_json import unescaped
from .info import Info
from .parquet_rows import Row, only
from .places import Place

__all__ = ["text_batches", "text_info"]

ENVELOPE = "arrow-ckpt"
LINES = "arrow-ckpt-lines"
NEWEST = 1

TextHead = dict[str, Any]


def text_info(place: Place) -> Info:
    """Reads the file to its end."""
    keys: dict[str, None] = {}
    count = 0
    with _asked(place):
        head, found = _read_text(place)
        for row in found:
            count += 1
            keys.update(dict.fromkeys(row))
    format_ = "jsonl" if place.suffix in (".jsonl", ".ndjson") else "json"
    version = head.get("version")
    return Info(place.shown, format_, place.size(), count, head.get("hash"), head.get("metadata", {}), list(keys), version, False)


def text_batches(place: Place, columns: Sequence[str] | None, size: int) -> Iterator[list[Row]]:
    with _asked(place):
        _, found = _read_text(place)
    wanted = None if columns is None else set(columns)
    unseen = dict.fromkeys(columns or ())
    any_rows = False
    while True:
        with _asked(place):
            batch = list(islice(found, size))
        if not batch:
            break
        any_rows = True
        for name in [name for name in unseen if any(name in row for row in batch)]:
            del unseen[name]
        yield batch if wanted is None else [only(row, wanted) for row in batch]
    if unseen and any_rows:
        raise CheckpointError("ERR_CKPT_UNKNOWN_COLUMN", f"no row of {place} has a column '{next(iter(unseen))}'", str(place))


def _asked(place: Place) -> AbstractContextManager[None]:
    return place.asked() if place.is_far else nullcontext()


def _read_text(path: Place) -> tuple[TextHead, Iterator[dict[str, Any]]]:
    """The head of a file of text, empty where it has none, and its rows. JSON is read whole, JSON lines line by line."""
    if path.suffix in (".jsonl", ".ndjson"):
        return _lines(path)
    try:
        with path.open() as file:
            document = json.loads(file.read().decode("utf-8-sig"))
    except ValueError as error:
        raise corrupt(str(path), f"not JSON: {error}") from error
    head: TextHead = {}
    if isinstance(document, dict) and isinstance(document.get(ENVELOPE), dict):
        head, document = document[ENVELOPE], document.get("rows")
    if not isinstance(document, list):
        raise CheckpointError("ERR_CKPT_NOT_A_CHECKPOINT", f"{path}: no array of rows", str(path))
    check_version(head.get("version", NEWEST), NEWEST, path)
    if "rows" in head and head["rows"] != len(document):
        raise corrupt(str(path), f"it has {len(document)} rows, and says {head['rows']}")
    return head, _rows(iter(document), head, path)


def _lines(path: Place) -> tuple[TextHead, Iterator[dict[str, Any]]]:
    def lines() -> Iterator[Any]:
        with path.open() as file:
            for line in file:
                if line.strip() != b"":
                    try:
                        yield json.loads(line.decode("utf-8-sig"))
                    except ValueError as error:
                        raise corrupt(str(path), f"a line is not JSON: {error}") from error

    rows = lines()
    head: TextHead = {}
    with path.open() as file:
        if file.read(len(LINES) + 4) == f'{{"{LINES}":'.encode():
            head = next(rows)[LINES]
    if not isinstance(head, dict):
        raise corrupt(str(path), "its first line is no head")
    check_version(head.get("version", NEWEST), NEWEST, path)
    return head, _rows(rows, head, path)


def _rows(rows: Iterator[Any], head: TextHead, path: Place) -> Iterator[dict[str, Any]]:
    count = 0
    for row in rows:
        if not isinstance(row, dict):
            raise corrupt(str(path), f"row {count} is no object")
        count += 1
        yield unescaped(row) if head.get("escapes") is True else row
    if "rows" in head and head["rows"] != count:
        raise corrupt(str(path), f"it has {count} rows, and says {head['rows']}: it was cut")
