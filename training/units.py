"""Phones, their HMM topology and the numbering shared by network, graph and ``final.mdl``.

Monophone states: every ARPAbet phone has two, the second may be skipped, so a phone lasts
at least one 30 ms frame. Silence has one state; ``SPN`` (any other speech, the word ``[unk]``)
has three that share one output. Word positions (begin, end, inside, single) have phone ids of
their own, which Vosk needs for word times, but share the outputs.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

ARPABET = [
    "AA",
    "AE",
    "AH",
    "AO",
    "AW",
    "AY",
    "B",
    "CH",
    "D",
    "DH",
    "EH",
    "ER",
    "EY",
    "F",
    "G",
    "HH",
    "IH",
    "IY",
    "JH",
    "K",
    "L",
    "M",
    "N",
    "NG",
    "OW",
    "OY",
    "P",
    "R",
    "S",
    "SH",
    "T",
    "TH",
    "UH",
    "UW",
    "V",
    "W",
    "Y",
    "Z",
    "ZH",
]
ARPABET_INDEX = {phone: index for index, phone in enumerate(ARPABET)}
POSITIONS = ("B", "E", "I", "S")

SIL_PHONE = 1
SPN_PHONE = 2 + len(POSITIONS) * len(ARPABET)
SIL_PDF = 0
SPN_PDF = 1 + 2 * len(ARPABET)
NUM_PDFS = 2 + 2 * len(ARPABET)

PHONE_IDS: dict[str, int] = {"SIL": SIL_PHONE}
for _i, _phone in enumerate(ARPABET):
    for _j, _position in enumerate(POSITIONS):
        PHONE_IDS[f"{_phone}_{_position}"] = 2 + len(POSITIONS) * _i + _j
PHONE_IDS["SPN"] = SPN_PHONE


TransitionIds: TypeAlias = dict[tuple[int, int, int], int]
"""Transition-id of a phone id, its state and the state it leads to."""


class State(NamedTuple):
    """One emitting HMM state: output class and arcs ``(destination, probability)``."""

    pdf_class: int
    arcs: tuple[tuple[int, float], ...]


SIL_TOPOLOGY = (State(0, ((0, 0.8), (1, 0.2))),)
PHONE_TOPOLOGY = (State(0, ((0, 0.35), (1, 0.45), (2, 0.20))), State(1, ((1, 0.5), (2, 0.5))))
SPN_TOPOLOGY = (
    State(0, ((0, 0.5), (1, 0.5))),
    State(0, ((1, 0.5), (2, 0.5))),
    State(0, ((2, 0.8), (3, 0.2))),
)


def topology(phone: int) -> tuple[State, ...]:
    """Emitting states of a phone id; the state after the last one is the exit."""
    if phone == SIL_PHONE:
        return SIL_TOPOLOGY
    return SPN_TOPOLOGY if phone == SPN_PHONE else PHONE_TOPOLOGY


def pdf_of(phone: int, pdf_class: int) -> int:
    """Network output of a phone id's state."""
    if phone == SIL_PHONE:
        return SIL_PDF
    if phone == SPN_PHONE:
        return SPN_PDF
    return 1 + 2 * ((phone - 2) // len(POSITIONS)) + pdf_class


def first_pdf(base_phone: str) -> int:
    """Output of the first state of an ARPAbet phone; the second state's is one more."""
    return 1 + 2 * ARPABET_INDEX[base_phone]


def _number_transitions() -> tuple[list[tuple[int, int, int]], TransitionIds, list[float]]:
    tuples: list[tuple[int, int, int]] = []
    ids: TransitionIds = {}
    log_probs = [0.0]
    for phone in sorted(PHONE_IDS.values()):
        for index, state in enumerate(topology(phone)):
            tuples.append((phone, index, pdf_of(phone, state.pdf_class)))
            for destination, probability in state.arcs:
                ids[(phone, index, destination)] = len(log_probs)
                log_probs.append(math.log(probability))
    return tuples, ids, log_probs


TRIPLES, TRANSITION_IDS, TRANSITION_LOG_PROBS = _number_transitions()
NUM_TRANSITION_IDS = len(TRANSITION_LOG_PROBS) - 1


def positioned(pronunciation: list[str]) -> list[int]:
    """Phone ids with word positions of a pronunciation in ARPAbet without stress marks."""
    last = len(pronunciation) - 1
    if last == 0:
        return [PHONE_IDS[f"{pronunciation[0]}_S"]]
    marks = ["B"] + ["I"] * (last - 1) + ["E"]
    return [PHONE_IDS[f"{p}_{m}"] for p, m in zip(pronunciation, marks, strict=True)]
