"""Rendered sentences on disk, so each is synthesised once.

One file for each sentence, named by what it was made of; it holds a digest of its content and
16-bit samples, so a damaged file is noticed and made anew. The cache is a convenience: whatever
happens to it, speech goes on.
"""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np
import platformdirs

from voiceacu.pcm import Samples, from_int16, to_int16

LIMIT = 100 * 1024 * 1024
"""Bytes the cache may hold; the sentences longest unused go first."""

SUFFIX = ".pcm"
DIGEST = 16


def default_folder() -> Path:
    """Where rendered speech is kept for this user."""
    return platformdirs.user_cache_path("voiceacu") / "speech"


class PcmCache:
    """Sentences in `folder`, at most `limit` bytes. Several processes may share it."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self._held: int | None = None
        self.warning = ""
        """Why nothing is kept any more; empty while all is well."""

    def get(self, key: str) -> Samples | None:
        """The samples kept under `key`; None where there are none, or damaged ones."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        if len(content) <= DIGEST or content[:DIGEST] != _digest(content[DIGEST:]):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return from_int16(np.frombuffer(content, "<i2", offset=DIGEST))

    def put(self, key: str, samples: Samples) -> None:
        """Keep `samples` under `key`. After the first failed write nothing is kept any more."""
        if self.warning:
            return
        body = to_int16(samples).astype("<i2").tobytes()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._path(key), _digest(body) + body)
            self._make_room(len(body) + DIGEST)
        except OSError as error:
            self.warning = (
                f"{self._folder}: rendered speech cannot be kept ({error.strerror or error}); "
                "the voice goes on without its cache"
            )

    def _path(self, key: str) -> Path:
        return self._folder / (hashlib.sha256(key.encode()).hexdigest() + SUFFIX)

    def _write(self, path: Path, content: bytes) -> None:
        """All or nothing: a reader never meets half a file."""
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _make_room(self, added: int) -> None:
        """Drop the sentences longest unused once the limit is passed, down to 90 % of it."""
        if self._held is not None:
            self._held += added
            if self._held <= self._limit:
                return
        kept = []
        for path in self._folder.glob(f"*{SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                kept.append((status.st_mtime, status.st_size, path))
        self._held = sum(size for _, size, _ in kept)
        if self._held <= self._limit:
            return
        for _, size, path in sorted(kept):
            if self._held <= self._limit * 9 // 10:
                break
            path.unlink(missing_ok=True)
            self._held -= size


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=DIGEST).digest()
