"""Whole sessions with the real recogniser, voice and files."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import soundfile

OFFLINE = """
import sys

def forbid(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
        raise RuntimeError(f"voiceacu opened a connection: {event} {arguments}")

sys.addaudithook(forbid)
from voiceacu.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_whole_session_by_voice_needs_no_network(home: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-c", OFFLINE, "demo", "--out", str(tmp_path / "out")]
    shown = subprocess.run(command, capture_output=True, text=True, env=home, check=False)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    transcript = (tmp_path / "out" / "transcript.txt").read_text()
    assert "start_routine" in transcript
    for point in ("BL-40", "BL-23", "BL-25", "BL-52", "GB-41", "BL-60"):
        assert point in shown.stdout
    assert soundfile.info(tmp_path / "out" / "session.wav").channels == 2
    assert (tmp_path / "out" / "timeline.png").stat().st_size > 20_000


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_signal_ends_cleanly_and_the_journal_is_whole(
    home: dict[str, str], tmp_path: Path, sent: signal.Signals
) -> None:
    command = [sys.executable, "-P", "-m", "voiceacu", "chat"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=home,
        cwd=tmp_path,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write("start routine\nno\nready\n")
        running.stdin.flush()
        for line in running.stdout:
            if "hold_start" in line:
                break
        running.send_signal(sent)
        began = time.monotonic()
        _, errors = running.communicate(timeout=10)
        assert time.monotonic() - began < 1.5
    assert running.returncode == 0
    assert not errors
    shown = subprocess.run(
        [sys.executable, "-P", "-m", "voiceacu", "history", "--export", "json"],
        capture_output=True,
        text=True,
        env=home,
        cwd=tmp_path,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr


def test_chat_needs_no_audio_package(home: dict[str, str], tmp_path: Path) -> None:
    """With the audio packages hidden, a typed conversation still works."""
    hide = textwrap.dedent(
        """
        import sys
        for name in ("vosk", "sounddevice", "pyttsx3", "soundfile", "soxr", "livekit", "pyaec"):
            sys.modules[name] = None
        from voiceacu.cli import main
        sys.exit(main(["chat"]))
        """
    )
    shown = subprocess.run(
        [sys.executable, "-P", "-c", hide],
        input="start routine\nstop\n",
        capture_output=True,
        text=True,
        env=home,
        cwd=tmp_path,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count("\n") > 3
