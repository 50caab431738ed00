"""Keeps libasound from writing to the terminal: what matters of it is said by us, in one line.

libasound tells of every device it tries and of every underrun. PortAudio reports what counts of
that, as an error or as the flag of an underflow.
"""

import ctypes
import sys
from functools import cache

# File, line, function, error number, format; the format's arguments are left where they are.
_HANDLER = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)


def _say_nothing(file: bytes, line: int, function: bytes, error: int, text: bytes) -> None:
    """Takes a line of libasound."""


_SILENT = _HANDLER(_say_nothing)
"""Lives as long as libasound may call it."""


@cache
def hush_alsa() -> None:
    """Let libasound be silent in this process; where there is none, nothing is to be done."""
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_SILENT)
    except (OSError, AttributeError):
        return
