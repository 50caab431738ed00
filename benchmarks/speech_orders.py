"""The public benchmark: human coffee orders in kitchen noise (Picovoice, Apache-2.0).

Noise is mixed as the benchmark's own ``src/mix.py`` does. An order counts where the intent and
all labelled slots are right. Files whose name begins with the hex digits 0-5 served for tuning;
the others were not looked at before the final table.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf
import yaml

from benchmarks.speech_recogniser import Heard, Recogniser

SNRS = (6, 9, 12, 15, 18, 21, 24)
SENTENCES = 6000


@dataclass(frozen=True)
class Order:
    """One recording of the benchmark and its labelled slots."""

    path: Path
    slots: dict[str, str]

    @property
    def tuning(self) -> bool:
        """Whether the file belongs to the tuning part."""
        return self.path.name[0] in "012345"


class Orders:
    """The benchmark's grammar: sample phrases for the recogniser, parse what it heard."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        labels = json.loads((folder / "data/label/label.json").read_text())
        clean = folder / "data/speech/clean"
        self.orders = [
            Order(clean / name, {k: v.strip() for k, v in row["slots"].items()})
            for name, row in sorted(labels.items())
            if (clean / name).exists()
        ]
        self.noise = sf.read(folder / "data/noise/kitchen.wav")[0]
        context = yaml.safe_load((folder / "data/rhino/coffee_maker.yaml").read_text())["context"]
        self.templates: list[str] = context["expressions"]["orderDrink"]
        self.values = {k: [v.lower() for v in row] for k, row in context["slots"].items()}
        lead = re.match(r"((?:\[[^\]]*\]\s*)+)", self.templates[0])
        assert lead
        self._lead = lead.group(1)
        parts = re.findall(r"\[([^\]]*)\]", self._lead)
        groups = ["|".join(p.strip().lower() for p in part.split(",")) for part in parts]
        self._begin = re.compile("^" + "".join(f"(?:{g}) " for g in groups))
        named = [(v, k) for k, values in self.values.items() for v in values]
        self._slot_of = dict(named)
        longest = sorted(self._slot_of, key=len, reverse=True)
        self._value = re.compile(r"\b(" + "|".join(longest) + r")\b")
        bodies = {t[len(self._lead) :].strip() for t in self.templates}
        self._bodies = {re.sub(r"\$(\w+):\w+", r"<\1>", body) for body in bodies}

    def _body(self, text: str) -> dict[str, str] | None:
        """Slots of an order without its lead-in."""
        shape = self._value.sub(lambda m: f"<{self._slot_of[m[1]]}>", text)
        if shape not in self._bodies:
            return None
        return {self._slot_of[value]: value for value in self._value.findall(text)}

    def parse(self, text: str) -> dict[str, str] | None:
        """Slots of a sentence of the grammar; None if it is not one."""
        begin = self._begin.match(text)
        return self._body(text[begin.end() :]) if begin else None

    def parse_end(self, text: str) -> dict[str, str] | None:
        """Slots of the longest order, its lead-in aside, that the text ends with."""
        words = text.split()
        found = (self._body(" ".join(words[at:])) for at in range(len(words)))
        return next((slots for slots in found if slots is not None), None)

    def phrases(self) -> list[str]:
        """Sentences of the grammar for Vosk's bigram: a fixed random sample with every value."""
        rng = random.Random(3)

        def pick(match: re.Match[str]) -> str:
            chosen: str = rng.choice(match[1].split(","))
            return chosen.strip().lower()

        found = []
        for template in itertools.islice(itertools.cycle(self.templates), SENTENCES):
            text = re.sub(r"\[([^\]]*)\]", pick, template)
            found.append(re.sub(r"\$(\w+):\w+", lambda m: rng.choice(self.values[m[1]]), text))
        return found

    def jsgf(self) -> str:
        """The whole grammar for PocketSphinx."""
        rules = [f"<{k}> = {' | '.join(values)};" for k, values in self.values.items()]
        parts = re.findall(r"\[([^\]]*)\]", self._lead)
        lead = " ".join(
            "(" + " | ".join(p.strip().lower() for p in part.split(",")) + ")" for part in parts
        )
        public = f"public <order> = {lead} ({' | '.join(sorted(self._bodies))});"
        return "#JSGF V1.0;\ngrammar orders;\n" + "\n".join([public, *rules]) + "\n"

    def mixed(self, order: Order, snr: float | None) -> np.ndarray:
        """Int16 samples of an order with kitchen noise (None: clean)."""
        speech, _ = sf.read(order.path)
        if snr is None:
            return np.asarray(speech * 32767, np.int16)
        rng = np.random.default_rng([int(snr), *order.path.name.encode()])
        start = int(rng.integers(0, len(self.noise) - len(speech)))
        noise = self.noise[start : start + len(speech)]
        power = _max_frame_energy(speech) / (_max_frame_energy(noise) * 10 ** (snr / 10))
        noisy = speech + np.sqrt(power) * noise
        noisy /= 2 * np.abs(noisy).max()
        return np.asarray(noisy * 32767, np.int16)

    def slots(self, heard: list[Heard]) -> dict[str, str] | None:
        """Slots of the first hypothesis that is a whole order.

        Where none is, the best one counts if it ends with an order: a lead-in cut off or
        misheard ("… get a large latte") does not change what was ordered.
        """
        texts = [
            " ".join(" ".join(parts).replace("[unk]", "").split())
            for parts in itertools.islice(itertools.product(*(h.texts for h in heard)), 50)
        ]
        for parse in (self.parse, self.parse_end):
            for text in texts:
                if (slots := parse(text)) is not None:
                    return slots
        return None

    def is_right(self, order: Order, snr: float | None, recogniser: Recogniser) -> bool:
        """Whether intent and all slots come out right."""
        return self.slots(recogniser.utterances(self.mixed(order, snr))) == order.slots


def _max_frame_energy(samples: np.ndarray, length: int = 2048) -> float:
    frames = samples[: samples.size // length * length].reshape(-1, length)
    return float((frames**2).sum(1).max())
