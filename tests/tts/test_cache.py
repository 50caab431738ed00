"""The cache makes speech quicker and never makes it fail."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from voiceacu.pcm import Samples
from voiceacu.tts.cache import PcmCache
from voiceacu.tts.voice import Voice

SENTENCE = "Breathe in, and let the breath go."


def noise(seed: int, size: int = 1000) -> Samples:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, size).astype(np.float32)


def render(folder: Path | None, text: str = SENTENCE) -> tuple[Samples, tuple[str, ...]]:
    voice = Voice(folder)
    try:
        return voice.render(text, 150), voice.warnings()
    finally:
        voice.close()


def test_the_second_rendering_comes_from_disk(tmp_path: Path) -> None:
    first, _ = render(tmp_path)
    (kept,) = tmp_path.iterdir()
    written = kept.read_bytes()
    second, _ = render(tmp_path)
    assert np.abs(first - second).max() < 1e-4
    assert kept.read_bytes() == written


def test_text_pace_and_voice_are_kept_apart(tmp_path: Path) -> None:
    voice, other = Voice(tmp_path), Voice(tmp_path, voice="en-us+f2")
    voice.render("One.", 150)
    voice.render("Two.", 150)
    voice.render("One.", 120)
    other.render("One.", 150)
    voice.close()
    other.close()
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "folder"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: str) -> None:
    good, _ = render(tmp_path)
    (kept,) = tmp_path.iterdir()
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 0xFF
    kept.write_bytes({"flipped": content, "cut": content[:999]}.get(damage, b""))
    if damage == "folder":
        kept.unlink()
        kept.mkdir()
    again, _ = render(tmp_path)
    assert len(again) == len(good)
    assert np.sqrt(np.mean(again**2)) == pytest.approx(np.sqrt(np.mean(good**2)), rel=0.05)
    assert np.abs(again[0]) < 0.001  # speech, not noise


def test_an_unwritable_cache_warns_once_and_speaks(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    voice = Voice(blocked / "speech")
    assert voice.render(SENTENCE, 150).size > 0
    assert voice.render("And again.", 150).size > 0
    (warning,) = voice.warnings()
    assert str(blocked) in warning
    assert voice.warnings() == ()
    voice.close()


def test_a_full_disk_warns_once_speaks_and_leaves_no_half_file(tmp_path: Path) -> None:
    """A real full file system where one can be mounted, a file size limit elsewhere."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    mounted = (
        mount is not None
        and subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(disk)],
            check=False,
            capture_output=True,
        ).returncode
        == 0
    )
    limit = "" if mounted else "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))"
    if sys.platform == "win32":
        pytest.skip("needs a small file system or a file size limit")
    script = f"""
import pathlib, resource
from voiceacu.tts.voice import Voice
folder = pathlib.Path({str(disk)!r}) / "speech"
voice = Voice(folder)
voice.render("Ready.", 150)
{limit}
lengths = [len(voice.render({SENTENCE!r} + str(i), 150)) for i in range(3)]
print(all(n > 16000 for n in lengths), len(voice.warnings()), len(voice.warnings()))
voice.close()
print([p.name for p in folder.glob(".new-*")])
"""
    try:
        done = subprocess.run(
            [sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60
        )
    finally:
        if mounted:
            subprocess.run(["umount", str(disk)], check=True)
    if not mounted and "File size limit" in done.stderr:
        pytest.skip("neither a small file system nor a file size limit works here")
    assert done.stdout.splitlines() == ["True 1 0", "[]"], done.stderr


def test_the_longest_unused_sentences_go_first(tmp_path: Path) -> None:
    cache = PcmCache(tmp_path, limit=10 * 2016)
    for i in range(10):
        cache.put(str(i), noise(i))
        os.utime(cache._path(str(i)), (i, i))
    assert cache.get("0") is not None  # used just now, so it stays
    cache.put("new", noise(99))
    assert cache.get("0") is not None
    assert cache.get("new") is not None
    assert cache.get("1") is None
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) <= 10 * 2016


def test_readers_and_writers_of_one_key_never_meet_half_a_file(tmp_path: Path) -> None:
    writer, reader = PcmCache(tmp_path), PcmCache(tmp_path)
    writer.put("key", noise(0, 50_000))
    stop = threading.Event()

    def write() -> None:
        for i in range(50):
            writer.put("key", noise(i, 50_000))
        stop.set()

    thread = threading.Thread(target=write)
    thread.start()
    seen = []
    while not stop.is_set():
        seen.append(reader.get("key"))
    thread.join()
    assert seen and all(s is not None and len(s) == 50_000 for s in seen)
