"""JSON and JSON lines checkpoints: FORMAT.md, section 7."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import CheckpointError, check_version, corrupt
from .extended_json import unescaped

__all__ = ["TextHead", "read_text"]

ENVELOPE = "arrow-ckpt"
LINES = "arrow-ckpt-lines"
NEWEST = 1

TextHead = dict[str, Any]


def read_text(path: Path) -> tuple[TextHead, Iterator[dict[str, Any]]]:
    """The head of a file of text, empty where it has none, and its rows. JSON is read whole, JSON lines line by line."""
    if path.suffix in (".jsonl", ".ndjson"):
        return _lines(path)
    try:
        document = json.loads(path.read_text("utf-8-sig"))
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


def _lines(path: Path) -> tuple[TextHead, Iterator[dict[str, Any]]]:
    def lines() -> Iterator[Any]:
        with path.open("rb") as file:
            for line in file:
                if line.strip() != b"":
                    try:
                        yield json.loads(line.decode("utf-8-sig"))
                    except ValueError as error:
                        raise corrupt(str(path), f"a line is not JSON: {error}") from error

    rows = lines()
    head: TextHead = {}
    with path.open("rb") as file:
        if file.read(len(LINES) + 4) == f'{{"{LINES}":'.encode():
            head = next(rows)[LINES]
    if not isinstance(head, dict):
        raise corrupt(str(path), "its first line is no head")
    check_version(head.get("version", NEWEST), NEWEST, path)
    return head, _rows(rows, head, path)


def _rows(rows: Iterator[Any], head: TextHead, path: Path) -> Iterator[dict[str, Any]]:
    count = 0
    for row in rows:
        if not isinstance(row, dict):
            raise corrupt(str(path), f"row {count} is no object")
        count += 1
        yield unescaped(row) if head.get("escapes") is True else row
    if "rows" in head and head["rows"] != count:
        raise corrupt(str(path), f"it has {count} rows, and says {head['rows']}: it was cut")
