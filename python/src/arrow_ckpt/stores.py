"""File systems behind URLs: pyarrow's for S3, Google Cloud Storage and Azure, fsspec's for all others."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.fs as pafs

from .errors import CheckpointError

__all__ = ["Located", "located", "without_secrets"]

#: What fsspec needs for a scheme, to say what is to be installed.
_PACKAGES = {"http": "fsspec aiohttp", "https": "fsspec aiohttp", "memory": "fsspec", "hf": "huggingface_hub"}
#: How long Google's client tries again what fails: by itself a quarter of an hour.
_GOOGLE_TRIES = timedelta(seconds=30)


@dataclass(frozen=True)
class Located:
    """A key of a file system.

    Attributes:
        root: What all keys of it begin with, up to what holds them: a bucket, a host.
        prefix: What stands before the steps in a URL that is shown.
        web: fsspec's file system of web servers; pyarrow does not tell why a file is not there.
    """

    fs: pafs.FileSystem
    root: str
    prefix: str
    steps: tuple[str, ...]
    web: Any = None


def without_secrets(url: str) -> str:
    """A URL as errors show it: without its query and the name and password of a user."""
    scheme, _, rest = url.partition("://")
    if scheme in ("http", "https"):
        rest = rest.partition("?")[0].partition("#")[0]
        host, slash, path = rest.partition("/")
        rest = host.rpartition("@")[2] + slash + path
    return f"{scheme}://{rest}"


def located(url: str, filesystem: Any = None) -> Located:
    """Where a URL leads, or a key of a file system that was given.

    Raises:
        CheckpointError: ``ERR_CKPT_UNSUPPORTED_FILE`` for what is not installed, with how to install it; ``ERR_CKPT_CREDENTIALS``,
            ``ERR_CKPT_KEY``.
    """
    scheme, _, rest = url.partition("://") if "://" in url else ("", "", url)
    if filesystem is not None:
        root = "/" if rest.startswith("/") else ""
        return Located(_wrapped(filesystem), root, f"{scheme}://{root}" if scheme else root, _steps(rest))
    if scheme in ("s3", "s3a", "gs", "gcs"):
        bucket, steps = _bucket(url, rest)
        return Located(_amazon(bucket) if scheme.startswith("s3") else _google(), f"{bucket}/", f"{scheme}://{bucket}/", steps)
    if scheme in ("az", "abfs", "abfss"):
        return _azure(url, scheme, rest)
    return _fsspec(url, scheme)


def _steps(path: str) -> tuple[str, ...]:
    path = path.strip("/")
    return tuple(path.split("/")) if path else ()


def _bucket(url: str, rest: str) -> tuple[str, tuple[str, ...]]:
    bucket, _, key = rest.partition("/")
    if bucket == "":
        raise CheckpointError("ERR_CKPT_KEY", f"{url} has no bucket", url)
    return bucket, _steps(key)


def _amazon(bucket: str) -> pafs.FileSystem:
    kind = _of_pyarrow("S3FileSystem")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if endpoint:
        scheme, _, host = endpoint.partition("://") if "://" in endpoint else ("https", "", endpoint)
        return kind(endpoint_override=host.rstrip("/"), scheme=scheme, region=region or "us-east-1")
    if not region:
        try:
            region = pafs.resolve_s3_region(bucket)
        except OSError:
            # The one of the profile, or the default one.
            region = None
    return kind(region=region)


def _google() -> pafs.FileSystem:
    emulator = os.environ.get("STORAGE_EMULATOR_HOST")
    kind = _of_pyarrow("GcsFileSystem")
    if emulator:
        scheme, _, host = emulator.partition("://") if "://" in emulator else ("http", "", emulator)
        return kind(anonymous=True, endpoint_override=host.rstrip("/"), scheme=scheme, retry_time_limit=_GOOGLE_TRIES)
    return kind(retry_time_limit=_GOOGLE_TRIES)


def _azure(url: str, scheme: str, rest: str) -> Located:
    """``az://container/key``, and ``abfs://container@account.dfs.core.windows.net/key``."""
    container, steps = _bucket(url, rest)
    container, _, host = container.partition("@")
    told = dict(part.partition("=")[::2] for part in os.environ.get("AZURE_STORAGE_CONNECTION_STRING", "").split(";"))
    account = host.partition(".")[0] or os.environ.get("AZURE_STORAGE_ACCOUNT") or told.get("AccountName")
    if not account:
        raise CheckpointError("ERR_CKPT_CREDENTIALS", f"{url}: which account? Set AZURE_STORAGE_ACCOUNT", url)
    options: dict[str, str] = {}
    key = os.environ.get("AZURE_STORAGE_KEY") or told.get("AccountKey")
    sas = os.environ.get("AZURE_STORAGE_SAS_TOKEN") or told.get("SharedAccessSignature")
    if key or sas:
        options["account_key" if key else "sas_token"] = str(key or sas)
    kind, _, endpoint = told.get("BlobEndpoint", "").partition("://")
    if endpoint and not host:
        authority = endpoint.strip("/").removesuffix(f"/{account}")
        options.update(blob_storage_authority=authority, dfs_storage_authority=authority, blob_storage_scheme=kind, dfs_storage_scheme=kind)
    found = _of_pyarrow("AzureFileSystem")(account, **options)
    return Located(found, f"{container}/", f"{scheme}://{rest.partition('/')[0]}/", steps)


def _of_pyarrow(name: str) -> Any:
    try:
        return getattr(pafs, name)
    except (AttributeError, ImportError) as error:
        message = f"pyarrow {pa.__version__} has no {name}: pip install --upgrade pyarrow, or give filesystem= one of fsspec"
        raise CheckpointError("ERR_CKPT_UNSUPPORTED_FILE", message) from error


def _fsspec(url: str, scheme: str) -> Located:
    needed = _PACKAGES.get(scheme, "fsspec")
    try:
        import fsspec

        found = fsspec.filesystem(scheme)
    except (ImportError, ValueError) as error:
        what = f"URLs of {scheme}:// need a package that is not installed: pip install {needed}"
        # fsspec names the package of its other schemes.
        more = f" ({error})" if scheme not in _PACKAGES and not isinstance(error, ModuleNotFoundError) else ""
        raise CheckpointError("ERR_CKPT_UNSUPPORTED_FILE", f"{what}{more}", without_secrets(url)) from error
    if scheme in ("http", "https"):
        host, _, path = url.partition("://")[2].partition("/")
        shown = f"{scheme}://{host.rpartition('@')[2]}/"
        return Located(_wrapped(found), f"{scheme}://{host}/", shown, tuple(path.split("/")), found)
    key: str = found._strip_protocol(url)
    root, steps = "/" if key.startswith("/") else "", _steps(key)
    shown = url.rstrip("/").removesuffix("/".join(steps))
    return Located(_wrapped(found), root, shown, steps)


def _wrapped(filesystem: Any) -> pafs.FileSystem:
    if isinstance(filesystem, pafs.FileSystem):
        return filesystem
    if type(filesystem).__module__.partition(".")[0] == "builtins" or not hasattr(filesystem, "info"):
        message = f"filesystem must be one of pyarrow.fs or of fsspec, got {type(filesystem).__name__}"
        raise CheckpointError("ERR_CKPT_INVALID_ARGUMENT", message)
    return pafs.PyFileSystem(pafs.FSSpecHandler(filesystem))
