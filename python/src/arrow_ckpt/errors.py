"""Errors, with the codes that the package for Node has for the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


def check_version(version: Any, newest: int, path: Path) -> None:
    """Refuses a file of a later version of the format than ``newest``, and one whose version is none."""
    if type(version) is not int:
        raise corrupt(str(path), f"its format version is {version!r}, and no number")
    if version > newest:
        message = f"{path} has format version {version}, and this package reads up to {newest}; update arrow-ckpt"
        raise CheckpointError("ERR_CKPT_FORMAT_VERSION", message, str(path))


def corrupt(path: str, what: str) -> CheckpointError:
    return CheckpointError("ERR_CKPT_CORRUPT", f"{path}: {what}", path)
