"""URLs and file systems that are given: fsspec's of the memory, and a web server of this process."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow.fs as pafs
import pytest

import arrow_ckpt
from arrow_ckpt import CheckpointError, stores
from arrow_ckpt.columns import Columns
from arrow_ckpt.reading import checked

NAMES = ["odd.parquet", "odd.json", "odd.jsonl", "mixed.parquet", "parts.parquet", "hive.parquet", "thin/process/summarise.parquet"]


@pytest.fixture(scope="session")
def memory(made: Path) -> Any:
    fsspec = pytest.importorskip("fsspec")
    store = fsspec.filesystem("memory")
    store.put(f"{made}/", "/store/", recursive=True)
    return store


@pytest.mark.parametrize("name", NAMES)
def test_a_store_has_what_a_folder_has(memory: Any, made: Path, name: str) -> None:
    url = f"memory://store/{name}"
    rows = arrow_ckpt.load(made / name)
    assert list(map(arrow_ckpt.dumps, arrow_ckpt.rows(url))) == list(map(arrow_ckpt.dumps, rows))
    assert repr(arrow_ckpt.table(url).to_pydict()) == repr(arrow_ckpt.table(made / name).to_pydict())
    here, there = arrow_ckpt.info(made / name), arrow_ckpt.info(url)
    assert there.path == url
    assert (there.rows, there.columns, there.hash, there.parts, there.bytes) == (here.rows, here.columns, here.hash, here.parts, here.bytes)
    key = here.columns[0]
    assert arrow_ckpt.load(f"/store/{name}", [key], filesystem=memory) == arrow_ckpt.load(made / name, [key])
    assert arrow_ckpt.load(str(made / name), [key], filesystem=pafs.LocalFileSystem()) == arrow_ckpt.load(made / name, [key])


def test_thin_files_find_the_pool_beside_them(memory: Any, made: Path) -> None:
    home = made / "thin"
    memory.put(str(home / "process" / "summarise.parquet"), "/moved/a/process/summarise.parquet")
    url = "memory://moved/a/process/summarise.parquet"
    with pytest.raises(CheckpointError, match="is missing") as failure:
        arrow_ckpt.load(url)
    assert failure.value.code == "ERR_CKPT_BASE" and arrow_ckpt.load(url, columns=["summary"])[3] == {"summary": "of 3"}
    with Columns(checked(url)) as opened:
        (holder,) = opened.footer.holders
    pool = f"/moved/a/.ckpt/pool/{holder.id}.holder"
    memory.put(str(home / "process" / "some.parquet"), pool)
    with pytest.raises(CheckpointError, match="has another length"):
        arrow_ckpt.load(url)
    memory.put(str(home / holder.hint), pool)
    assert arrow_ckpt.load(url) == arrow_ckpt.load(home / "process" / "summarise.parquet")
    memory.mv(pool, f"/moved/a/.ckpt/trash/{holder.id}.1700000000000")
    assert arrow_ckpt.table(url).equals(arrow_ckpt.table(home / "process" / "summarise.parquet"))


class Server(SimpleHTTPRequestHandler):
    """Files with ranges. Whoever asks without `key=secret` is refused at /closed/."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        data = self._data()
        if data is None:
            return
        ranges = self.headers.get("range", "").removeprefix("bytes=")
        first, _, last = ranges.partition("-")
        start, end = (int(first), int(last or len(data) - 1) + 1) if ranges else (0, len(data))
        self.send_response(206 if ranges else 200)
        self.send_header("content-length", str(len(data[start:end])))
        if ranges:
            self.send_header("content-range", f"bytes {start}-{min(end, len(data)) - 1}/{len(data)}")
        self.end_headers()
        self.wfile.write(data[start:end])

    def do_HEAD(self) -> None:
        data = self._data()
        if data is not None:
            self.send_response(200)
            self.send_header("accept-ranges", "bytes")
            self.send_header("content-length", str(len(data)))
            self.end_headers()

    def _data(self) -> "bytes | None":
        path, _, query = self.path.partition("?")
        file = Path(self.translate_path(path.replace("/closed/", "/")))
        refused = path.startswith("/closed/") and query != "key=secret"
        if refused or not file.is_file():
            self.send_error(403 if refused else 404)
            return None
        return file.read_bytes()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def web(made: Path) -> Iterator[str]:
    pytest.importorskip("aiohttp")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, directory=str(made)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("name", ["odd.parquet", "odd.json", "odd.jsonl", "thin/process/summarise.parquet"])
def test_a_web_server(web: str, made: Path, name: str) -> None:
    assert list(map(arrow_ckpt.dumps, arrow_ckpt.rows(f"{web}/{name}"))) == list(map(arrow_ckpt.dumps, arrow_ckpt.rows(made / name)))
    assert arrow_ckpt.info(f"{web}/{name}").rows == arrow_ckpt.info(made / name).rows


def test_secrets_of_urls_are_in_no_error(web: str, made: Path) -> None:
    assert arrow_ckpt.load(f"{web}/closed/mixed.parquet?key=secret") == arrow_ckpt.load(made / "mixed.parquet")
    assert arrow_ckpt.info(f"{web}/closed/mixed.parquet?key=secret").path == f"{web}/closed/mixed.parquet"
    for url, code in [
        (f"{web}/closed/mixed.parquet?key=canary", "ERR_CKPT_CREDENTIALS"),
        (f"{web.replace('http://', 'http://me:canary@')}/closed/mixed.parquet", "ERR_CKPT_CREDENTIALS"),
        (f"{web}/none.parquet?key=canary", "ERR_CKPT_NOT_FOUND"),
        (f"{web}/odd.json?key=canary", None),
        ("http://127.0.0.1:9/x.parquet?key=canary", None),
    ]:
        with pytest.raises(CheckpointError) as failure:
            arrow_ckpt.load(url, columns=["nope"])
        error: BaseException | None = failure.value
        assert code is None or failure.value.code == code
        while error is not None:
            assert "canary" not in str(error) and "canary" not in str(getattr(error, "path", ""))
            error = error.__cause__


def test_what_is_not_there_or_not_installed(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for url, code, message in [
        ("memory://store/none.parquet", "ERR_CKPT_NOT_FOUND", "no such file"),
        ("memory://store/thin", "ERR_CKPT_NOT_A_FILE", "a folder"),
        ("s3://", "ERR_CKPT_KEY", "no bucket"),
        ("nothing://x/y", "ERR_CKPT_UNSUPPORTED_FILE", "pip install"),
    ]:
        with pytest.raises(CheckpointError, match=message) as failure:
            arrow_ckpt.load(url)
        assert failure.value.code == code
    with pytest.raises(CheckpointError, match="filesystem must be") as failure:
        arrow_ckpt.load("x", filesystem="s3")
    assert failure.value.code == "ERR_CKPT_INVALID_ARGUMENT"
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(CheckpointError, match="pip install fsspec aiohttp"):
        arrow_ckpt.load("https://example.com/x.parquet")


def test_an_object_that_is_replaced(memory: Any, made: Path) -> None:
    memory.put(str(made / "mixed.parquet"), "/changing/mixed.parquet")
    batches = arrow_ckpt.batches("memory://changing/mixed.parquet", size=15)
    next(batches)
    memory.put(str(made / "odd.parquet"), "/changing/mixed.parquet")
    with pytest.raises(CheckpointError, match="was replaced") as failure:
        list(batches)
    assert failure.value.code == "ERR_CKPT_CHANGED"


class Told:
    """A file system that only says how it was made."""

    def __init__(self, *args: object, **options: object) -> None:
        self.made = (*args, options)


def test_where_urls_of_stores_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("S3FileSystem", "GcsFileSystem", "AzureFileSystem"):
        monkeypatch.setattr(pafs, name, Told)
    for name in (
        "AWS_ENDPOINT_URL",
        "AZURE_STORAGE_KEY",
        "AZURE_STORAGE_SAS_TOKEN",
        "AZURE_STORAGE_CONNECTION_STRING",
        "STORAGE_EMULATOR_HOST",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000/")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "me")

    def lead(url: str) -> Any:
        found = stores.located(url)
        return found.root, found.steps, found.fs.made  # type: ignore[attr-defined]

    options = {"endpoint_override": "127.0.0.1:9000", "scheme": "http", "region": "eu-central-1"}
    assert lead("s3://b/a%20b/c?d#e.parquet") == ("b/", ("a%20b", "c?d#e.parquet"), (options,))
    assert lead("gs://b/k")[:2] == ("b/", ("k",)) and lead("az://c/k") == ("c/", ("k",), ("me", {}))
    monkeypatch.setenv("AZURE_STORAGE_KEY", "a2V5")
    assert lead("abfss://c@other.dfs.core.windows.net/x/k") == ("c/", ("x", "k"), ("other", {"account_key": "a2V5"}))
    assert stores.located("abfss://c@other.dfs.core.windows.net/x/k").prefix == "abfss://c@other.dfs.core.windows.net/"
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:4443")
    assert lead("gs://b/k")[2][0]["endpoint_override"] == "127.0.0.1:4443"
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT")
    with pytest.raises(CheckpointError, match="AZURE_STORAGE_ACCOUNT"):
        lead("az://c/k")
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    assert lead("s3://b/k")[2] == ({"region": "eu-central-1"},)
