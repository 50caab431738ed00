"""libasound's own lines stay away from the terminal."""

import shutil
import subprocess
import sys

import pytest

OPEN_WHAT_IS_NOT_THERE = """
import ctypes
from voiceacu.audio.alsa import hush_alsa
library, handle = ctypes.CDLL("libasound.so.2"), ctypes.c_void_p()
if {hushed}:
    hush_alsa()
library.snd_pcm_open(ctypes.byref(handle), b"no such device", 0, 0)
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
    assert printed(hushed=True) == ""
