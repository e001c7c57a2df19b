"""Where checkpoints are: in files and folders of this machine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from .errors import CheckpointError, corrupt

__all__ = ["Entry", "Kind", "LocalPlace", "Place"]

Kind = Literal["file", "folder"]


@dataclass(frozen=True)
class Entry:
    """What is in a folder. ``kind`` is ``None`` for what is neither a file nor a folder."""

    name: str
    place: Place
    kind: Kind | None


class Place(ABC):
    """The place of a file or a folder, whether there is one or not. Its text is what errors show."""

    @property
    @abstractmethod
    def name(self) -> str: ...

    @property
    @abstractmethod
    def shown(self) -> Path | str:
        """What :class:`~arrow_ckpt.Info` gives."""

    @abstractmethod
    def kind(self) -> Kind | None:
        """``None`` where nothing is."""

    @abstractmethod
    def size(self) -> int:
        """Bytes of the file. Raises ``OSError``."""

    @abstractmethod
    def stamp(self) -> str:
        """Differs when the file has changed, or is another one. Raises ``OSError``."""

    @abstractmethod
    def open(self) -> IO[bytes]:
        """Opens the file for reading. Raises ``OSError``."""

    @abstractmethod
    def source(self) -> Any:
        """What ``pyarrow.parquet`` opens the file by."""

    @abstractmethod
    def entries(self) -> Iterator[Entry]:
        """What is in the folder."""

    @abstractmethod
    def child(self, *steps: str) -> Place: ...

    @abstractmethod
    def above(self, most: int) -> list[Place]:
        """The folders that it is in, the nearest first; behind them those to which links of the path lead."""

    def fault(self, error: Exception) -> Exception:
        """The error of a checkpoint for what a library says of a reading; itself, where it is none of the file."""
        known = f"pyarrow {pa.__version__}"
        if isinstance(error, FileNotFoundError):
            return CheckpointError("ERR_CKPT_NOT_FOUND", f"{self}: no such file", str(self))
        if isinstance(error, pa.ArrowNotImplementedError) or "LogicalType that is not recognized" in str(error):
            message = f"{self}: this file has types that {known} does not read; a later one may: {error}"
            return CheckpointError("ERR_CKPT_UNSUPPORTED_FILE", message, str(self))
        if isinstance(error, (pa.ArrowInvalid, OSError)):
            return corrupt(str(self), f"no Parquet file that {known} can read: {error}")
        return error

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Turns what libraries raise into the errors of a checkpoint."""
        try:
            yield
        except Exception as error:
            known = self.fault(error)
            if known is error:
                raise
            # What libraries say of a store may hold a signature.
            raise known from (None if self.is_far else error)

    def identity(self) -> Any:
        """Differs when another folder has taken the name; the same for all where names have nothing behind them."""
        return None

    def leads_out(self, _root: Place) -> bool:
        """Whether it is a link to a place outside of a folder."""
        return False

    @property
    def is_far(self) -> bool:
        """Whether it is in a store: ranges are then better read together than one by one."""
        return False

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix

    def parquet(self, whole: bool) -> pq.ParquetFile:
        """Opens a Parquet file. ``whole``: all of it is about to be read, so that what is read ahead takes no more memory."""
        with self.asked():
            return pq.ParquetFile(self.source(), pre_buffer=whole or self.is_far)


class LocalPlace(Place):
    """A path of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def shown(self) -> Path:
        return self.path

    def kind(self) -> Kind | None:
        return "folder" if self.path.is_dir() else "file" if self.path.exists() else None

    def size(self) -> int:
        return self.path.stat().st_size

    def stamp(self) -> str:
        state = self.path.stat()
        return f"{state.st_dev},{state.st_ino},{state.st_size},{state.st_mtime_ns}"

    def open(self) -> IO[bytes]:
        return self.path.open("rb")

    def source(self) -> Any:
        return self.path

    def entries(self) -> Iterator[Entry]:
        for path in self.path.iterdir():
            kind: Kind | None = "folder" if path.is_dir() else "file" if path.is_file() else None
            yield Entry(path.name, LocalPlace(path), kind)

    def child(self, *steps: str) -> Place:
        return LocalPlace(self.path.joinpath(*steps))

    def above(self, most: int) -> list[Place]:
        found = dict.fromkeys([*list(self.path.absolute().parents)[:most], *list(self.path.resolve().parents)[:most]])
        return [LocalPlace(path) for path in found]

    def identity(self) -> Any:
        try:
            state = self.path.stat()
        except OSError:
            return ()
        return state.st_dev, state.st_ino

    def leads_out(self, root: Place) -> bool:
        if not isinstance(root, LocalPlace) or not self.path.is_symlink():
            return False
        return root.path.resolve() not in self.path.resolve().parents
