"""Each sound in the context of the one before it."""

import math

import numpy as np
import torch

from training.align import FAILED, align, sentence_graph
from training.context import OUTPUTS, in_context
from training.units import (
    ARPABET,
    CONTEXT_AFTER,
    NOTHING,
    NUM_OUTPUTS,
    NUM_STATES,
    PHONE_IDS,
    SIL_STATE,
    SPN_STATE,
    TRIPLES,
    first_state,
    output_of,
    positioned,
)

LEXICON = {"no": [["N", "OW"]], "now": [["N", "AW"]], "eat": [["IY", "T"]]}


def test_every_phone_makes_a_context_and_every_output_is_one_state_in_one() -> None:
    assert set(CONTEXT_AFTER) == set(ARPABET)
    assert set(OUTPUTS.ravel()) == set(range(NUM_OUTPUTS))
    assert {output for _, _, output in TRIPLES} == set(range(NUM_OUTPUTS))


def test_a_phone_id_has_the_outputs_of_its_phone_in_its_context() -> None:
    outputs: dict[int, list[int]] = {}
    for phone, _, output in TRIPLES:
        outputs.setdefault(phone, []).append(output)
    first, second = positioned(["K", "AE"], CONTEXT_AFTER["S"])
    for phone, name, before in ((first, "K", "S"), (second, "AE", "K")):
        states = (first_state(name), first_state(name) + 1)
        assert outputs[phone] == [output_of(state, CONTEXT_AFTER[before]) for state in states]
    assert len(set(PHONE_IDS.values())) == len(PHONE_IDS) == len(outputs)


def test_a_sound_has_the_context_of_the_one_before_it() -> None:
    n, ow = first_state("N"), first_state("OW")
    labels = torch.tensor([SIL_STATE, n, n, n + 1, ow, ow, ow + 1, ow, SIL_STATE, ow, SPN_STATE, n])
    after_n, after_ow = CONTEXT_AFTER["N"], CONTEXT_AFTER["OW"]
    wanted = [NOTHING, *[NOTHING] * 3, *[after_n] * 3, after_ow, NOTHING, NOTHING, NOTHING, NOTHING]
    found = in_context(labels).tolist()
    assert found == [
        output_of(int(state), context) for state, context in zip(labels, wanted, strict=True)
    ]


def test_the_first_sound_has_none_before_it() -> None:
    state = first_state("N")
    assert in_context(torch.tensor([state, state + 1])).tolist() == [
        output_of(state, NOTHING),
        output_of(state + 1, NOTHING),
    ]


def test_a_sentence_is_aligned_in_context_and_told_in_states() -> None:
    said = ["N", "OW", "IY", "T"]
    states = [SIL_STATE, *(first_state(p) + part for p in said for part in (0, 1)), SIL_STATE]
    labels = np.repeat(states, 3)
    scores = np.full((len(labels), NUM_OUTPUTS), -9.0)
    scores[np.arange(len(labels)), in_context(torch.from_numpy(labels)).numpy()] = 0.0
    found, words, margin = align(scores, ["no", "eat"], LEXICON)
    assert found.tolist() == labels.tolist()
    assert set(words[labels == first_state("IY")]) == {1}
    assert math.isclose(margin, 0.0)
    _, _, wrong = align(scores, ["now", "eat"], LEXICON)
    assert FAILED < wrong < 0


def test_after_silence_or_at_once_a_word_begins_in_another_context() -> None:
    graph = sentence_graph(["no", "eat"], LEXICON)
    contexts = {
        graph.contexts[node]
        for node, state in enumerate(graph.states)
        if state == first_state("IY")
    }
    assert contexts == {NOTHING, CONTEXT_AFTER["OW"]}
    assert NUM_STATES < NUM_OUTPUTS
