"""Errors, with the codes that the package for Node has for the same."""

from __future__ import annotations

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


def corrupt(path: str, what: str) -> CheckpointError:
    return CheckpointError("ERR_CKPT_CORRUPT", f"{path}: {what}", path)
