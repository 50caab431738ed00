"""Stage ``fetch``: take the recordings of the manifest out of git clones and check them."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import yaml
from tqdm import tqdm

MANIFEST = Path(__file__).with_name("manifest.yaml")


@dataclass(frozen=True)
class Source:
    """One public repository with the recordings taken from it."""

    name: str
    repository: str
    revision: str
    role: str
    paths: tuple[str, ...]
    licence: str
    credit: str
    files: str
    reader: str = ""
    options: dict[str, object] = field(default_factory=dict)

    def folder(self, data: Path) -> Path:
        """Folder in which the files of this source lie."""
        return data / self.name


def read_manifest(path: Path = MANIFEST) -> list[Source]:
    """All sources of the manifest, in its order."""
    rows = yaml.safe_load(path.read_text())["sources"]
    return [Source(**{**row, "paths": tuple(row["paths"])}) for row in rows]


def find_clone(mirror: Path, repository: str) -> Path | None:
    """Git directory of ``repository`` below ``mirror``, whichever common layout it has."""
    owner, name = repository.split("/")
    for stem in (f"{owner}+{name}", f"{owner}/{name}", f"{owner}__{name}", name):
        for tail in ("/repo/.git", "/repo", ".git", "/.git", ""):
            folder = mirror / f"{stem}{tail}"
            if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
                return folder
    return None


def _git(clone: Path, *args: str) -> bytes:
    return subprocess.run(
        ["git", f"--git-dir={clone}", *args], check=True, capture_output=True
    ).stdout


def list_blobs(clone: Path, source: Source) -> list[tuple[str, str]]:
    """``(blob id, path)`` of every file of the source, sorted by path."""
    out = _git(clone, "ls-tree", "-r", "-z", source.revision, "--", *source.paths)
    rows = []
    for entry in out.decode(errors="surrogateescape").split("\0"):
        if entry:
            meta, path = entry.split("\t", 1)
            rows.append((meta.split()[2], path))
    return sorted(rows, key=lambda row: row[1])


def list_hash(blobs: list[tuple[str, str]]) -> str:
    """SHA-256 of the file list as the manifest holds it."""
    text = "".join(f"{blob} {path}\n" for blob, path in blobs)
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


def _read_exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError("git cat-file ended early")
    return data


def extract(clone: Path, blobs: list[tuple[str, str]], folder: Path) -> int:
    """Write the blobs below ``folder``; returns how many the clone lacks.

    A partial clone may lack single files (too large for its filter), so ``git archive``,
    which stops at the first one, is of no use here.
    """
    command = ["git", f"--git-dir={clone}", "cat-file", "--batch"]
    missing = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as git:
        assert git.stdin and git.stdout
        for blob, path in tqdm(blobs, desc=folder.name, unit="file", leave=False):
            git.stdin.write(f"{blob}\n".encode())
            git.stdin.flush()
            head = git.stdout.readline().split()
            if len(head) < 3:
                missing += 1
                continue
            data = _read_exactly(git.stdout, int(head[2]) + 1)[:-1]
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        git.stdin.close()
    return missing


def fetch(mirror: Path, data: Path, manifest: Path = MANIFEST) -> None:
    """Bring every source of the manifest below ``data``; sources already there are skipped."""
    mirror.mkdir(parents=True, exist_ok=True)
    for source in read_manifest(manifest):
        done = data / f"{source.name}.done"
        if done.exists() and done.read_text() == source.files:
            continue
        clone = find_clone(mirror, source.repository)
        if clone is None:
            clone = mirror / (source.repository.replace("/", "+") + ".git")
            url = f"https://github.com/{source.repository}"
            subprocess.run(["git", "clone", "--bare", url, str(clone)], check=True)
        blobs = list_blobs(clone, source)
        found = list_hash(blobs)
        if found != source.files:
            raise ValueError(f"{source.name}: file list hash is {found}, not {source.files}")
        missing = extract(clone, blobs, source.folder(data))
        print(f"{source.name}: {len(blobs) - missing} files, {missing} absent from the clone")
        done.write_text(source.files)
