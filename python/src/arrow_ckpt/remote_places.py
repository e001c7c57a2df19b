"""Files and folders of stores."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any

import pyarrow as pa
import pyarrow.fs as pafs

from .errors import CheckpointError
from .places import Entry, Kind, Place
from .stores import Located

__all__ = ["RemotePlace"]

#: Of what libraries say.
_REFUSED = re.compile(
    r"ACCESS_DENIED|INVALID_ACCESS_KEY|SIGNATURE|INVALID_CLIENT_TOKEN|UNRECOGNIZED_CLIENT|MISSING_AUTH|credential|Forbidden|Unauthorized"
    r"|\b40[13]\b",
    re.IGNORECASE,
)
_NO_BUCKET = re.compile(r"NO_SUCH_BUCKET|NoSuchBucket|ContainerNotFound")
_BUFFER = 1 << 20


class RemotePlace(Place):
    """A key of a store."""

    def __init__(self, located: Located, info: pafs.FileInfo | None = None, below: list[pafs.FileInfo] | None = None) -> None:
        self._located = located
        #: As a listing told them.
        self._info = info
        self._below = below

    def __str__(self) -> str:
        *above, last = self._located.steps or ("",)
        return self._located.prefix + "/".join((*above, self._shown(last)))

    def _shown(self, last: str) -> str:
        """The last step without a query, in which there may be a signature."""
        return re.split("[?#]", last)[0] if self._is_web else last

    @property
    def _is_web(self) -> bool:
        return self._located.web is not None

    @property
    def _key(self) -> str:
        return self._located.root + "/".join(self._located.steps)

    @property
    def name(self) -> str:
        return self._shown(self._located.steps[-1]) if self._located.steps else ""

    @property
    def shown(self) -> str:
        return str(self)

    @property
    def is_far(self) -> bool:
        return True

    def _now(self) -> pafs.FileInfo:
        with self.asked():
            if not self._is_web:
                return self._located.fs.get_file_info(self._key.rstrip("/") or self._key)
            try:
                size = self._located.web.info(self._key).get("size")
            except FileNotFoundError as error:
                # It says so of all that a server does not send.
                if _status(error) in (None, 404, 410):
                    return pafs.FileInfo(self._key, pafs.FileType.NotFound)
                raise
            return pafs.FileInfo(self._key, pafs.FileType.File, size=size)

    def _known(self) -> pafs.FileInfo:
        if self._info is None:
            self._info = self._now()
        return self._info

    def kind(self) -> Kind | None:
        type_ = self._known().type
        return "file" if type_ == pafs.FileType.File else "folder" if type_ == pafs.FileType.Directory else None

    def size(self) -> int:
        return _size(self._known())

    def stamp(self) -> str:
        info = self._now()
        return f"{_size(info)},{info.mtime_ns}"

    def open(self) -> IO[bytes]:
        return io.BufferedReader(self.source(), _BUFFER)

    def source(self) -> Any:
        with self.asked():
            return self._located.fs.open_input_file(self._key)

    def entries(self) -> Iterator[Entry]:
        for name, info, below in self._listed():
            place = self._at((*self._located.steps, name), info, below)
            yield Entry(name, place, place.kind())

    def _listed(self) -> Iterator[tuple[str, pafs.FileInfo, list[pafs.FileInfo] | None]]:
        """What is in the folder; with all below it, if that is known."""
        base = self._key.rstrip("/") or self._key
        # Of Google's store pyarrow lists only the folders that an object stands for.
        is_deep = self._located.fs.type_name == "gcs"
        found = self._below
        if found is None:
            with self.asked():
                found = self._located.fs.get_file_info(pafs.FileSelector(base, recursive=is_deep))
        if not is_deep:
            yield from ((info.base_name, info, None) for info in found)
            return
        below: dict[str, list[pafs.FileInfo]] = {}
        for info in found:
            below.setdefault(info.path[len(base) + 1 :].partition("/")[0], []).append(info)
        # An object may stand for the folder itself.
        below.pop("", None)
        for name, infos in below.items():
            path = f"{base}/{name}"
            file = next((info for info in infos if info.path == path and info.type == pafs.FileType.File), None)
            inner = [info for info in infos if info.path != path]
            yield name, file or pafs.FileInfo(path, pafs.FileType.Directory), inner

    def child(self, *steps: str) -> Place:
        return self._at((*self._located.steps, *steps))

    def above(self, most: int) -> list[Place]:
        steps = self._located.steps
        return [self._at(steps[:end]) for end in range(len(steps) - 1, max(-1, len(steps) - 1 - most), -1)]

    def _at(self, steps: tuple[str, ...], info: pafs.FileInfo | None = None, below: list[pafs.FileInfo] | None = None) -> RemotePlace:
        return RemotePlace(replace(self._located, steps=steps), info, below)

    def fault(self, error: Exception) -> Exception:
        text = f"{type(error).__name__}: {error}".partition("\n")[0][:500]
        is_of_file = isinstance(error, (pa.ArrowInvalid, pa.ArrowNotImplementedError)) or "hrift" in text
        if is_of_file or isinstance(error, (CheckpointError, UnicodeDecodeError)):
            return super().fault(error)
        if _NO_BUCKET.search(text) is not None:
            return self._error("ERR_CKPT_NO_BUCKET", "there is no such bucket")
        if isinstance(error, FileNotFoundError) and _status(error) in (None, 404, 410):
            return self._error("ERR_CKPT_NOT_FOUND", "no such file")
        what = f"{type(error).__name__} {_status(error) or ''}".strip() if self._is_web else text
        if _REFUSED.search(text) is not None or _status(error) in (401, 403):
            return self._error("ERR_CKPT_CREDENTIALS", f"the store refuses: {what}; check the credentials and what they may do")
        return self._error("ERR_CKPT_NETWORK", f"the store does not answer as it should: {what}")

    def _error(self, code: str, what: str) -> CheckpointError:
        return CheckpointError(code, f"{self}: {what}", str(self))


def _status(error: BaseException | None) -> int | None:
    """What a web server answered, where an error or what it comes from says so."""
    while error is not None:
        status = getattr(error, "status", None)
        if isinstance(status, int):
            return status
        error = error.__cause__ or error.__context__
    return None


def _size(info: pafs.FileInfo) -> int:
    if info.type == pafs.FileType.NotFound:
        raise FileNotFoundError(info.path)
    return 0 if info.size is None else int(info.size)
