"""Stage ``mishear``: what the network of the moment takes noisy commands for, beside what they are.

The recogniser's other readings of a command are the rivals that it has to be told from
(:mod:`training.rivals`): whoever draws them by chance meets few of them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias
from zlib import crc32

import numpy as np

from training.augment import Augmenter
from training.corpus import Utterance
from training.features import load_audio
from training.project import meaning_of_command, phrase_table
from voiceacu.asr.recogniser import Recogniser

Misheard: TypeAlias = Mapping[str, Sequence[str]]
"""What each text was taken for."""


def commands(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Those in which a command is said to the letter."""
    return [one for one in utterances if meaning_of_command(one.text)]


def mishear(utterances: Sequence[Utterance], model: Path, augmenter: Augmenter, path: Path) -> None:
    """One process's share: an altered copy of each is heard, its other readings written."""
    recogniser = Recogniser(model, phrase_table())
    found: dict[str, set[str]] = defaultdict(set)
    for one in utterances:
        rng = np.random.default_rng(crc32(one.id.encode()))
        samples, _ = augmenter(load_audio(Path(one.path)), rng)
        recogniser.accept(samples)
        readings = [*recogniser.finish(), *recogniser.again(samples)]
        found[one.text] |= {reading.text for reading in readings if reading.all_known}
    texts = {text: sorted(readings - {text, ""}) for text, readings in found.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(texts, indent=1, sort_keys=True), encoding="utf-8")


def read_misheard(folder: Path) -> Misheard:
    """All that was written below a folder."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.glob("*.json")):
        for text, readings in json.loads(path.read_text(encoding="utf-8")).items():
            found[text].update(readings)
    return {text: sorted(readings) for text, readings in found.items()}
