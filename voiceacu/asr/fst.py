"""Just enough of the OpenFst file format to write a graph, and to tell whether one is whole.

libvosk ends the whole process when a graph cannot be read, so graphs are looked at first.
Format: `fst/fst.h` (FstHeader), `fst/const-fst.h`, `fst/vector-fst.h`, `fst/add-on.h` and
`fst/symbol-table.cc` of OpenFst 1.7, all little-endian.
"""

import struct
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import BinaryIO

_FST_MAGIC = 2125659606
_ADD_ON_MAGIC = 446681434
_SYMBOLS_MAGIC = 2125658996
_VECTOR_VERSION = 2
_PROPERTIES = 0x3 | 0x10000 | 0x10000000 | 0x40000000
"""Expanded, mutable, an acceptor, sorted by input and by output labels (`fst/properties.h`)."""
_HAS_INPUT_SYMBOLS = 1
_HAS_OUTPUT_SYMBOLS = 2
_STATE_BYTES = {"const": 20, "vector": 12}
_ARC_BYTES = 16
_LONGEST_NAME = 4096
"""Longer than any type or symbol, shorter than what garbage reads as."""


class BrokenGraphError(ValueError):
    """The file is no graph, or only a part of one."""


@dataclass(frozen=True, slots=True)
class _Header:
    kind: str
    flags: int
    states: int
    arcs: int


EPSILON = 0
"""The label of an arc that is gone along without a word."""


@dataclass(slots=True)
class Acceptor:
    """A graph that weighs sequences of words; state 0 is its start, costs are -log likelihoods."""

    arcs: list[list[tuple[int, int, float]]] = field(default_factory=list)
    """Of each state: word, next state, cost."""
    finals: list[float] = field(default_factory=list)
    """Of each state: what it costs to end there, infinite where nothing does."""

    def add_state(self) -> int:
        """The number of a new state, at which nothing ends."""
        self.arcs.append([])
        self.finals.append(inf)
        return len(self.arcs) - 1

    def add_arc(self, source: int, word: int, target: int, cost: float = 0.0) -> None:
        """Lead from one state to another."""
        self.arcs[source].append((word, target, cost))

    def set_final(self, state: int, cost: float) -> None:
        """Let sequences end in a state."""
        self.finals[state] = cost


def write_acceptor(graph: Acceptor, path: Path) -> None:
    """Write a graph as an OpenFst file of the kind `vector`."""
    count = sum(map(len, graph.arcs))
    header = struct.pack("<iiQqqq", _VECTOR_VERSION, 0, _PROPERTIES, 0, len(graph.arcs), count)
    parts = [struct.pack("<i", _FST_MAGIC), _packed("vector"), _packed("standard"), header]
    for final, arcs in zip(graph.finals, graph.arcs, strict=True):
        parts.append(struct.pack("<fq", final, len(arcs)))
        parts += [struct.pack("<iifi", w, w, cost, target) for w, target, cost in sorted(arcs)]
    path.write_bytes(b"".join(parts))


def check_graph(path: Path) -> None:
    """Raise BrokenGraphError unless the file begins as a graph and is long enough for its arcs."""
    with path.open("rb") as file:
        header = _header(file)
        _symbols(file, header)
        if header.kind.endswith("lookahead"):
            if _unpack(file, "<i") != _ADD_ON_MAGIC:
                raise BrokenGraphError("no graph inside")
            header = _header(file)
            _symbols(file, header)
        needed = header.arcs * _ARC_BYTES + header.states * _STATE_BYTES.get(header.kind, 0)
        if file.tell() + needed > path.stat().st_size:
            raise BrokenGraphError("cut off")


def output_symbols(path: Path) -> dict[str, int]:
    """The words written into a graph itself with their labels; none where it has no symbol table.

    Raises BrokenGraphError.
    """
    with path.open("rb") as file:
        return _symbols(file, _header(file))


def _header(file: BinaryIO) -> _Header:
    if _unpack(file, "<i") != _FST_MAGIC:
        raise BrokenGraphError("no graph")
    kind = _text(file)
    _text(file)
    _version, flags, _properties, _start, states, arcs = struct.unpack(
        "<iiQqqq", _bytes(file, struct.calcsize("<iiQqqq"))
    )
    return _Header(kind, flags, states, arcs)


def _symbols(file: BinaryIO, header: _Header) -> dict[str, int]:
    """Read over the symbol tables behind a header; the output symbols."""
    if header.flags & _HAS_INPUT_SYMBOLS:
        _table(file)
    return _table(file) if header.flags & _HAS_OUTPUT_SYMBOLS else {}


def _table(file: BinaryIO) -> dict[str, int]:
    if _unpack(file, "<i") != _SYMBOLS_MAGIC:
        raise BrokenGraphError("no symbol table")
    _text(file)
    _unpack(file, "<q")
    return {_text(file): _unpack(file, "<q") for _ in range(_unpack(file, "<q"))}


def _packed(text: str) -> bytes:
    return struct.pack("<i", len(text)) + text.encode()


def _text(file: BinaryIO) -> str:
    length = _unpack(file, "<i")
    if not 0 <= length <= _LONGEST_NAME:
        raise BrokenGraphError("garbage")
    return _bytes(file, length).decode("utf-8", errors="replace")


def _unpack(file: BinaryIO, layout: str) -> int:
    value: int = struct.unpack(layout, _bytes(file, struct.calcsize(layout)))[0]
    return value


def _bytes(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise BrokenGraphError("cut off")
    return data
