"""Keeps C libraries from writing to the terminal: what matters is said by us, in one line.

libasound tells of every device it tries and of every underrun, PortAudio of every expression that
fails, from a thread of its own at the moment when a device goes, and libvosk of every utterance
that ends within a word. All report what counts of that in other ways, and the last two cannot be
asked for silence.
"""

import ctypes
import os
import platform
from functools import cache


@cache
def hush_libraries() -> None:
    """Let what C libraries write to their `stderr` go nowhere, from now on in this process.

    libvosk looks for it only once, when it is loaded.

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
