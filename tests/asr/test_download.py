"""A model from a server on this machine, which can do what real ones do: break off, lie."""

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from voiceacu.asr.catalogue import KNOWN, KnownModel, known_model
from voiceacu.asr.download import download_model
from voiceacu.asr.models import check_model, find_model
from voiceacu.errors import UserError

NAME = "vosk-model-tiny"


def archive(extra: str | None = None) -> bytes:
    """The repository's model as a publisher would pack it."""
    model = find_model()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as content:
        for file in sorted(model.rglob("*")):
            if file.is_file():
                content.write(file, f"{NAME}/{file.relative_to(model)}")
        if extra:
            content.writestr(extra, "gotcha")
    return buffer.getvalue()


def known(data: bytes) -> KnownModel:
    return KnownModel(
        name=NAME,
        about="a test",
        size=len(data),
        licence="none",
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(data).hexdigest(),
    )


class Server(ThreadingHTTPServer):
    """Serves one archive; `breaks` are the byte counts after which a transfer is cut."""

    data = b""
    breaks: list[int] = []  # noqa: RUF012  (set for each server)
    ranges: list[str] = []  # noqa: RUF012
    takes_ranges = True
    status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{NAME}.zip"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        if self.server.status != 200:
            self.send_error(self.server.status)
            return
        asked = self.headers.get("Range", "")
        self.server.ranges.append(asked)
        found = re.fullmatch(r"bytes=(\d+)-", asked)
        start = int(found[1]) if found and self.server.takes_ranges else 0
        body = self.server.data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.breaks.pop(0)] if self.server.breaks else body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def data() -> bytes:
    return archive()


@pytest.fixture
def server(data: bytes) -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.data, running.breaks, running.ranges = data, [], []
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_model_arrives_whole(server: Server, data: bytes, tmp_path: Path) -> None:
    model = known(data)
    path = download_model(model, tmp_path, server.url, quiet=True)
    assert path == tmp_path / NAME
    check_model(path)
    assert (tmp_path / f"{NAME}.sha256").read_text().startswith(f"{model.sha256} ")
    assert sorted(p.name for p in tmp_path.iterdir()) == [NAME, f"{NAME}.sha256"]


def test_a_transfer_that_broke_off_goes_on_where_it_ended(
    server: Server, data: bytes, tmp_path: Path
) -> None:
    server.breaks = [1_000_000, 2_000_000]
    for done in (1_000_000, 3_000_000):
        with pytest.raises(UserError, match=f"after {done} of {len(data)} bytes.*goes on"):
            download_model(known(data), tmp_path, server.url, quiet=True)
        assert not (tmp_path / NAME).exists()
    check_model(download_model(known(data), tmp_path, server.url, quiet=True))
    assert server.ranges == ["bytes=0-", "bytes=1000000-", "bytes=3000000-"]


def test_a_server_without_ranges_begins_anew(server: Server, data: bytes, tmp_path: Path) -> None:
    server.takes_ranges = False
    server.breaks = [1_000_000]
    with pytest.raises(UserError):
        download_model(known(data), tmp_path, server.url, quiet=True)
    check_model(download_model(known(data), tmp_path, server.url, quiet=True))


def test_a_wrong_checksum_is_thrown_away(server: Server, data: bytes, tmp_path: Path) -> None:
    server.data = data[:5000] + b"?" + data[5001:]
    with pytest.raises(UserError, match="checksum is wrong"):
        download_model(known(data), tmp_path, server.url, quiet=True)
    assert list(tmp_path.iterdir()) == []
    server.data = data
    check_model(download_model(known(data), tmp_path, server.url, quiet=True))


def test_without_a_published_sha256_the_first_download_sets_it(
    server: Server, data: bytes, tmp_path: Path
) -> None:
    model = replace(known(data), sha256=None)
    download_model(model, tmp_path, server.url, quiet=True).rename(tmp_path / "aside")
    pin = tmp_path / f"{NAME}.sha256"
    pin.write_text("0" * 64)
    with pytest.raises(UserError, match="checksum is wrong"):
        download_model(model, tmp_path, server.url, quiet=True)


def test_a_model_that_is_there_is_not_fetched_again(
    server: Server, data: bytes, tmp_path: Path
) -> None:
    download_model(known(data), tmp_path, server.url, quiet=True)
    server.ranges.clear()
    download_model(known(data), tmp_path, server.url, quiet=True)
    assert server.ranges == []


@pytest.mark.parametrize("stray", ["../gotcha", "/gotcha", "C:\\gotcha", f"{NAME}/../../gotcha"])
def test_an_archive_that_reaches_out_of_its_folder_is_not_used(
    server: Server, tmp_path: Path, stray: str
) -> None:
    server.data = archive(stray)
    place = tmp_path / "place"
    with pytest.raises(UserError, match="outside its folder"):
        download_model(known(server.data), place, server.url, quiet=True)
    assert not list(tmp_path.rglob("*gotcha"))
    assert not (place / NAME).exists()


def test_an_archive_that_is_none_is_said(server: Server, tmp_path: Path) -> None:
    server.data = b"<html>sign in to the hotel's network</html>" * 100
    with pytest.raises(UserError, match="no whole archive"):
        download_model(known(server.data), tmp_path, server.url, quiet=True)


def test_no_network_is_one_clear_line(server: Server, data: bytes, tmp_path: Path) -> None:
    closed = f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    with pytest.raises(UserError, match="no connection") as caught:
        download_model(known(data), tmp_path, f"{closed}/{NAME}.zip", quiet=True)
    assert "\n" not in str(caught.value)


def test_what_the_server_refuses_is_said(server: Server, data: bytes, tmp_path: Path) -> None:
    server.status = 404
    with pytest.raises(UserError, match="404"):
        download_model(known(data), tmp_path, server.url, quiet=True)


def test_a_place_that_can_not_be_written_is_said(
    server: Server, data: bytes, tmp_path: Path
) -> None:
    place = tmp_path / "file"
    place.write_text("in the way")
    with pytest.raises(UserError, match="file"):
        download_model(known(data), place, server.url, quiet=True)


def test_the_bar_shows_the_progress(
    server: Server, data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    download_model(known(data), tmp_path, server.url)
    output = capsys.readouterr()
    assert output.out == ""
    assert NAME in output.err
    assert "100%" in output.err


def test_known_models_say_where_they_come_from() -> None:
    for name, model in KNOWN.items():
        assert known_model(name) is model
        assert model.url == f"https://alphacephei.com/vosk/models/{name}.zip"
        assert len(model.md5) == 32
        assert model.sha256 is None or len(model.sha256) == 64
    with pytest.raises(UserError, match=r"known are vosk-model-small-en-us-0\.15"):
        known_model("vosk-model-xy")
