"""Errors, with the codes that the package for Node has for the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .places import Place

__all__ = ["CheckpointError"]


class CheckpointError(Exception):
    """What is wrong with a file or a call.

    Attributes:
        code: ``ERR_CKPT_...``, as in the package for Node.
        message: What is wrong, without the code.
        path: The file, where there is one.
    """

    def __init__(self, code: str, message: str, path: str | None = None) -> None:
        super().__init__(f"{message} [{code}]")
        self.message = message
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
    """What pyarrow says of a page that it cannot read is an error of the file; so are texts that are not UTF-8, and odd values."""
    try:
        with place.asked():
            yield
    except CheckpointError as error:
        if error.path is not None:
            raise
        raise CheckpointError(error.code, f"{place}: {error.message}", str(place)) from error
    except UnicodeDecodeError as error:
        raise CheckpointError("ERR_CKPT_UNSUPPORTED_FILE", f"{place} has text that is not UTF-8", str(place)) from error


def corrupt(path: str, what: str) -> CheckpointError:
    return CheckpointError("ERR_CKPT_CORRUPT", f"{path}: {what}", path)
