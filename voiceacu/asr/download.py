"""Fetching an official model: resumed where it broke off, checked, unpacked whole or not at all.

The only place in the program that opens a network connection, and only on request.
"""

import hashlib
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path, PurePosixPath

from tqdm import tqdm

from voiceacu.asr.catalogue import KnownModel, known_model
from voiceacu.asr.models import check_model, user_models
from voiceacu.errors import UserError

_CHUNK = 1 << 16
_TIMEOUT = 30.0
_AGAIN = "the same command goes on where it ended"


def download_model(
    model: str | KnownModel, folder: Path | None = None, url: str | None = None, quiet: bool = False
) -> Path:
    """Get a known model into `folder` (by default the user's data folder); its path.

    A broken-off transfer (`NAME.zip.part`) is continued. `url` takes the same archive from
    another place. The archive's SHA-256 is kept beside the model (`NAME.sha256`), and a later
    download must have it too. A model that is there and whole is not fetched again. Raises
    UserError where the network, the disk, the checksum or the archive fails.
    """
    known = known_model(model) if isinstance(model, str) else model
    place = folder or user_models()
    target = place / known.name
    if target.is_dir():
        check_model(target)
        return target
    archive = place / f"{known.name}.zip"
    pin = place / f"{known.name}.sha256"
    try:
        place.mkdir(parents=True, exist_ok=True)
        if not archive.is_file():
            _fetch(known, url or known.url, archive, quiet)
        digest = _verify(known, archive, pin)
        _unpack(archive, target)
        pin.write_text(f"{digest}  {archive.name}\n", encoding="ascii")
        archive.unlink()
    except OSError as error:
        raise UserError(
            f"{place}: {error.strerror or error}; make room there, or give another folder"
        ) from error
    return target


def _fetch(model: KnownModel, url: str, archive: Path, quiet: bool) -> None:
    """The archive from the network, going on where an earlier attempt ended."""
    part = archive.with_name(f"{archive.name}.part")
    if _size(part) < model.size:
        try:
            _transfer(model, url, part, quiet)
        except urllib.error.HTTPError as error:
            raise UserError(
                f"{url}: the server says {error.code} {error.reason}; try again later"
            ) from error
        except (urllib.error.URLError, HTTPException, ConnectionError, TimeoutError) as error:
            reason = getattr(error, "reason", error)
            raise UserError(f"{url}: no connection ({reason}); {_AGAIN}") from error
    if _size(part) < model.size:
        raise UserError(f"{url}: broke off after {_size(part)} of {model.size} bytes; {_AGAIN}")
    part.replace(archive)


def _transfer(model: KnownModel, url: str, part: Path, quiet: bool) -> None:
    request = urllib.request.Request(url, headers={"Range": f"bytes={_size(part)}-"})
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:
        resumed = response.status == HTTPStatus.PARTIAL_CONTENT
        with (
            part.open("ab" if resumed else "wb") as file,
            tqdm(
                desc=model.name,
                total=model.size,
                initial=file.tell(),
                unit="B",
                unit_scale=True,
                disable=quiet,
                file=sys.stderr,
            ) as bar,
        ):
            while data := response.read(_CHUNK):
                file.write(data)
                bar.update(len(data))


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _verify(model: KnownModel, archive: Path, pin: Path) -> str:
    """The archive's SHA-256; a wrong archive is removed and said."""
    sha256 = hashlib.sha256()
    md5 = hashlib.md5(usedforsecurity=False)
    with archive.open("rb") as file:
        while data := file.read(_CHUNK):
            sha256.update(data)
            md5.update(data)
    found = sha256.hexdigest()
    expected = model.sha256 or _pinned(pin) or found
    if found != expected or md5.hexdigest() != model.md5:
        archive.unlink()
        raise UserError(
            f"{archive.name}: the checksum is wrong (SHA-256 {found}), so it was thrown away; "
            "download it again"
        )
    return found


def _pinned(pin: Path) -> str | None:
    words = pin.read_text(encoding="ascii", errors="replace").split() if pin.is_file() else []
    return words[0] if words else None


def _unpack(archive: Path, target: Path) -> None:
    """The archive's one folder as `target`, which appears only when it is whole."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as name:
        try:
            with zipfile.ZipFile(archive) as content:
                _refuse_strays(archive, content.namelist())
                content.extractall(name)
        except zipfile.BadZipFile as error:
            archive.unlink()
            raise UserError(f"{archive.name}: no whole archive; download it again") from error
        inside = Path(name) / target.name
        check_model(inside)
        shutil.move(inside, target)


def _refuse_strays(archive: Path, names: list[str]) -> None:
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise UserError(f"{archive.name}: would write outside its folder ({name}); not used")
