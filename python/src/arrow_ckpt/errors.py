"""Errors, with the codes that the package for Node has for the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from .places import Place

__all__ = ["CheckpointError"]


class CheckpointError(Exception):
    """What is wrong with a file or a call.

    Attributes:
        code: ``ERR_CKPT_...``, as in the package for Node.
        path: The file, where there is one.
    """

    def __init__(self, code: str, message: str, path: str | None = None) -> None:
        super().__init__(f"{message} [{code}]")
        self.code = code
        self.path = path


def check_version(version: Any, newest: int, path: Place) -> None:
    """Refuses a file of a later version of the format than ``newest``, and one whose version is none."""
    if type(version) is not int:
        raise corrupt(str(path), f"its format version is {version!r}, and no number")
    if version > newest:
        message = f"{path} has format version {version}, and this package reads up to {newest}; update arrow-ckpt"
        raise CheckpointError("ERR_CKPT_FORMAT_VERSION", message, str(path))


@contextmanager
def reading(place: Place) -> Iterator[None]:
    """What pyarrow says of a page that it cannot read is an error of the file."""
    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        raise corrupt(str(place), f"pyarrow {pa.__version__} cannot read it: {error}") from error


def corrupt(path: str, what: str) -> CheckpointError:
    return CheckpointError("ERR_CKPT_CORRUPT", f"{path}: {what}", path)
