"""The sound libraries' own lines stay away from the terminal, ours do not."""

import os
import shutil
import subprocess
import sys

import pytest

from .pulse import Pulse

OPEN_WHAT_IS_NOT_THERE = """
import ctypes, sys
from voiceacu.quiet import hush_libraries
library, handle = ctypes.CDLL("libasound.so.2"), ctypes.c_void_p()
if {hushed}:
    hush_libraries()
library.snd_pcm_open(ctypes.byref(handle), b"no such device", 0, 0)
print("our own line", file=sys.stderr)
"""

LISTEN_FOR_A_WHILE = """
import sys, time
from voiceacu.audio.mixer import Mixer
from voiceacu.audio.soundcard import SoundCard
card = SoundCard()
card.start(Mixer().render)
print("open", flush=True)
end = time.monotonic() + 4
while time.monotonic() < end:
    card.read(0.05)
card.stop()
print("our own line", file=sys.stderr)
"""


@pytest.mark.skipif(
    shutil.which("aplay") is None and shutil.which("pulseaudio") is None,
    reason="needs libasound, which comes with a sound system",
)
def test_a_device_that_is_not_there_prints_nothing() -> None:
    def printed(hushed: bool) -> str:
        program = OPEN_WHAT_IS_NOT_THERE.format(hushed=hushed)
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return done.stderr

    assert "ALSA lib" in printed(hushed=False)
    assert printed(hushed=True) == "our own line\n"


@pytest.mark.slow
def test_a_server_that_dies_prints_nothing(pulse: Pulse) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LISTEN_FOR_A_WHILE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | pulse.environment,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "open\n"
        pulse.kill()
        _, printed = program.communicate(timeout=30)
    pulse.start()
    assert printed == "our own line\n"
