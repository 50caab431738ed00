"""Keeps the sound libraries from writing to the terminal: what matters is said by us, in one line.

libasound tells of every device it tries and of every underrun, PortAudio of every expression that
fails, from a thread of its own at the moment when a device goes. Both report what counts of that
in other ways, and PortAudio cannot be asked for silence.
"""

import ctypes
import os
import platform
from functools import cache


@cache
def hush_sound_libraries() -> None:
    """Let what C libraries write to their `stderr` go nowhere, from now on in this process.

    Python's own `sys.stderr` does not go that way, nor does that of programs started. Where the
    C library is not glibc nothing is done: there `stderr` is no variable.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    nowhere = libc.fopen(os.devnull.encode(), b"w")
    if nowhere:
        ctypes.c_void_p.in_dll(libc, "stderr").value = nowhere
