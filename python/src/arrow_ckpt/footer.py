"""What a footer of arrow-ckpt says: FORMAT.md, sections 2, 3, 9 and 12."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pyarrow.parquet as pq

from .errors import CheckpointError, check_version, corrupt
from .places import Place

__all__ = ["Footer", "Holder", "Reference", "open_parquet"]

PREFIX = "arrow-ckpt."
NEWEST = 2
THIN = 2
MAX_HOLDERS = 64


@dataclass(frozen=True)
class Holder:
    """A file that has values of a thin one."""

    id: str
    bytes: int
    footer: str
    rows: int
    hint: str


@dataclass(frozen=True)
class Reference:
    """A column whose values are in holders, some or all."""

    rows: str
    holders: str | None
    own: str | None
    of: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Footer:
    """A Parquet file's footer.

    Attributes:
        plan: How the columns make rows; ``None`` for another program's file, whose columns are the rows.
    """

    path: Place
    version: int | None
    plan: dict[str, Any] | None
    hash: str | None
    metadata: dict[str, str]
    compat: str | None
    id: str | None
    checksum: str | None
    holders: tuple[Holder, ...] = ()
    references: dict[str, Reference] = field(default_factory=dict)


def open_parquet(path: Place, whole: bool = False) -> tuple[pq.ParquetFile, Footer]:
    """Opens a file and reads its footer. pyarrow compares no checksums: ``arrow-ckpt verify`` does.

    ``whole``: all of it is about to be read, so that what is read ahead takes no more memory.
    """
    file = path.parquet(whole)
    try:
        return file, _footer_of(file, path)
    except CheckpointError:
        file.close()
        raise


def _footer_of(file: pq.ParquetFile, path: Place) -> Footer:
    raw = file.metadata.metadata or {}
    texts = {key.decode(): value.decode() for key, value in raw.items() if key.startswith(PREFIX.encode())}
    own = (file.metadata.created_by or "").startswith("arrow-ckpt version ")
    hash_, metadata = _json(texts, "hash", path), _json(texts, "metadata", path)
    if not own or "arrow-ckpt.version" not in texts:
        return Footer(path, None, None, hash_, metadata or {}, None, None, None)
    version = _json(texts, "version", path)
    check_version(version, NEWEST, path)
    plan = _json(texts, "plan", path)
    if not isinstance(plan, dict) or not isinstance(plan.get("row"), dict):
        raise corrupt(str(path), "its plan is none")
    holders, references = _references(texts, version, path)
    return Footer(
        path,
        version,
        plan,
        hash_,
        metadata or {},
        texts.get("arrow-ckpt.compat"),
        texts.get("arrow-ckpt.id"),
        texts.get("arrow-ckpt.footer-crc32c"),
        holders,
        references,
    )


def _json(texts: dict[str, str], name: str, path: Place) -> Any:
    text = texts.get(PREFIX + name)
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise corrupt(str(path), f"its key-value {PREFIX}{name} is not JSON") from error


def _references(texts: dict[str, str], version: int, path: Place) -> tuple[tuple[Holder, ...], dict[str, Reference]]:
    if version != THIN:
        return (), {}
    try:
        holders = tuple(
            Holder(one["id"], one["bytes"], one["footer"], one["rows"], one.get("hint", "")) for one in _json(texts, "holders", path)
        )
        references = {
            name: Reference(one["r"], one.get("h"), one.get("v"), tuple((number, column) for number, column in one["of"]))
            for name, one in _json(texts, "refs", path).items()
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise corrupt(str(path), "what it says of other files is not as a save writes it") from error
    if len(holders) > MAX_HOLDERS:
        raise CheckpointError("ERR_CKPT_LIMIT", f"{path}: it refers to {len(holders)} other files", str(path))
    for name, reference in references.items():
        if not all(0 <= number < len(holders) for number, _ in reference.of) or not reference.of:
            raise corrupt(str(path), f"column '{name}' has values in a file that is not named")
    return holders, references
