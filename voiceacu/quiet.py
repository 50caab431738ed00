"""Keeps C libraries from writing to the terminal: what matters is said by us, in one line.

libasound tells of every device it tries and of every underrun, PortAudio of every expression that
fails, from a thread of its own at the moment when a device goes, and libvosk of every utterance
that ends within a word. All report what counts of that in other ways.
"""

import ctypes
import os
import platform
from functools import cache

_CLEAR = "_ZNSt9basic_iosIcSt11char_traitsIcEE5clearESt12_Ios_Iostate"
"""`std::ios::clear(state)`, as compilers name it."""

_BAD = 1
"""The state in which a stream takes nothing any more."""


@cache
def hush_cerr() -> None:
    """Let what C++ libraries write to `std::cerr` go nowhere, from now on in this process.

    That stream keeps the `stderr` of when the first C++ library was loaded, which may be numpy's.
    Where the C++ library is not GNU's nothing is done: there it has other names.
    """
    try:
        library = ctypes.CDLL("libstdc++.so.6")
    except OSError:
        return
    cerr = ctypes.c_void_p.in_dll(library, "_ZSt4cerr")
    # A stream begins with the address of its virtual table. Three words before that stands how far
    # from its beginning its state is (Itanium C++ ABI, virtual base offsets).
    word = ctypes.sizeof(ctypes.c_void_p)
    far = ctypes.c_ssize_t.from_address((cerr.value or 0) - 3 * word).value
    library[_CLEAR](ctypes.c_void_p(ctypes.addressof(cerr) + far), _BAD)


@cache
def hush_libraries() -> None:
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
