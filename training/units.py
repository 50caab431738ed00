"""Phones, their HMM topology and the numbering shared by network, graph and ``final.mdl``.

Every ARPAbet phone has two states, the second may be skipped, so a phone lasts at least one 30 ms
frame. Silence has one state; ``SPN`` (any other speech, the word ``[unk]``) has three that share
one. What a phone sounds like depends on the one before it: each of its states has a network output
for each kind of phones before. Word positions (begin, end, inside, single) have phone ids of their
own, which Vosk needs for word times, but share the outputs.
"""

from __future__ import annotations

import itertools
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

CONTEXTS = (
    "",
    "IY IH EY EH AE AY OY",
    "UW UH OW AO AW AA AH",
    "P B F V M",
    "T D S Z TH DH CH JH SH ZH",
    "K G HH",
    "N NG",
    "L R W Y ER",
)
"""Phones after which the next one sounds alike; first of all no phone: silence, or any other
speech."""
CONTEXT_AFTER = {phone: index for index, some in enumerate(CONTEXTS) for phone in some.split()}
NOTHING = 0
"""The context after no phone."""

SIL_STATE = 0
SPN_STATE = 1 + 2 * len(ARPABET)
NUM_STATES = 2 + 2 * len(ARPABET)

NUM_OUTPUTS = 2 + 2 * len(ARPABET) * len(CONTEXTS)

SIL_PHONE = 1
SPN_PHONE = 2 + len(POSITIONS) * len(ARPABET) * len(CONTEXTS)

PHONE_IDS: dict[str, int] = {"SIL": SIL_PHONE}
for _i, (_phone, _position, _context) in enumerate(
    itertools.product(ARPABET, POSITIONS, range(len(CONTEXTS)))
):
    PHONE_IDS[f"{_phone}{_context}_{_position}"] = 2 + _i
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


def first_state(base_phone: str) -> int:
    """The first state of an ARPAbet phone; the second one is one more."""
    return 1 + 2 * ARPABET_INDEX[base_phone]


def output_of(state: int, context: int) -> int:
    """Network output of a state in a context; silence and other speech have one in all."""
    if state in (SIL_STATE, SPN_STATE):
        return 0 if state == SIL_STATE else NUM_OUTPUTS - 1
    phone, second = divmod(state - 1, 2)
    return 1 + 2 * (phone * len(CONTEXTS) + context) + second


def _output_of_phone(phone: int, pdf_class: int) -> int:
    if phone in (SIL_PHONE, SPN_PHONE):
        return output_of(SIL_STATE if phone == SIL_PHONE else SPN_STATE, NOTHING)
    positioned, context = divmod(phone - 2, len(CONTEXTS))
    return output_of(1 + 2 * (positioned // len(POSITIONS)) + pdf_class, context)


def _number_transitions() -> tuple[list[tuple[int, int, int]], TransitionIds, list[float]]:
    tuples: list[tuple[int, int, int]] = []
    ids: TransitionIds = {}
    log_probs = [0.0]
    for phone in sorted(PHONE_IDS.values()):
        for index, state in enumerate(topology(phone)):
            tuples.append((phone, index, _output_of_phone(phone, state.pdf_class)))
            for destination, probability in state.arcs:
                ids[(phone, index, destination)] = len(log_probs)
                log_probs.append(math.log(probability))
    return tuples, ids, log_probs


TRIPLES, TRANSITION_IDS, TRANSITION_LOG_PROBS = _number_transitions()
NUM_TRANSITION_IDS = len(TRANSITION_LOG_PROBS) - 1


def positioned(pronunciation: list[str], context: int) -> list[int]:
    """Phone ids with word positions of a pronunciation in ARPAbet without stress marks, whose first
    phone stands in this context."""
    last = len(pronunciation) - 1
    marks = ["B", *"I" * (last - 1), "E"] if last else ["S"]
    contexts = [context, *(CONTEXT_AFTER[phone] for phone in pronunciation[:-1])]
    return [
        PHONE_IDS[f"{p}{c}_{m}"] for p, c, m in zip(pronunciation, contexts, marks, strict=True)
    ]
