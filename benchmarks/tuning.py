"""What the ears do on sentences and recordings for tuning: ``python -m benchmarks.tuning``.

For the development half alone: no file of the tables of :mod:`benchmarks.speech` is among them but
those marked as tuning. What the recogniser says of each sound is kept in ``WORK/tuning``, so that
another threshold is measured in seconds.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import speech_own as own
from benchmarks.remembered import Remembered
from benchmarks.speech import ROOT, fingerprint
from benchmarks.speech_orders import Orders
from benchmarks.speech_product import acted_on, in_a_row
from training.corpus import noise_files
from training.delivery import begins
from training.features import SAMPLE_RATE, load_audio
from training.project import Sentences, phrase_table
from voiceacu.asr.models import pronunciations
from voiceacu.asr.recogniser import Recogniser
from voiceacu.asr.sounds import Sounds

SEED, COUNT = 77, 400
"""Sentences drawn with other seeds tell whether a choice holds."""
BEFORE, AFTER = 4.0, 1.0
"""Seconds of kitchen around a sentence in ``continuous``."""
TOGETHER = 20
"""Recordings of other people's speech that are heard in a row."""
TALK = ("sentences", "orders", "noisy-orders", "noises")
"""Those in which nothing is meant for the product; ``noises`` are those of the training, recorded
ones, at changing levels."""
NOISELESS = ("neural-clean", "neural-late", "neural-words")
LATE = 0.05
"""Seconds that are missing at the beginning of a voice in ``neural-late``."""
TIMES = 3
"""How often each word is said in ``neural-words``."""
KINDS = ("clean", "kitchen", "snoring", "continuous", "neural", *NOISELESS, *TALK)


@dataclass(frozen=True)
class Task:
    """Every ``parts``-th sound of a kind, from ``part`` on, for one model; ``seed`` draws the
    sentences."""

    work: Path
    model: Path
    kind: str
    seed: int
    part: int
    parts: int


@dataclass(frozen=True)
class Outcome:
    """What was acted on where ``wanted`` was meant (None: nothing); ``heard`` are the words."""

    wanted: str | None
    heard: tuple[str, ...]
    right: bool
    voice: str = ""

    @property
    def false(self) -> bool:
        """Whether something else was acted on."""
        return bool(self.heard) and not self.right


def sounds(task: Task) -> Iterator[tuple[np.ndarray, str | None, str]]:
    """Samples, what is said in them if it is a command, and the voice."""
    if task.kind in TALK:
        for some in _talk(task):
            yield in_a_row(some), None, ""
        return
    kind = "clean" if task.kind in NOISELESS else task.kind
    noise = own.noise_behind(kind, task.work / "data")
    spoken = _spoken(task)
    for index, item in enumerate(spoken):
        if index % task.parts != task.part:
            continue
        samples = load_audio(item.path)
        if task.kind == "neural-late":
            samples = _late(samples)
        if task.kind == "continuous":
            around = [round(seconds * SAMPLE_RATE) for seconds in (BEFORE, AFTER)]
            samples = np.pad(samples, around)
        if noise is not None:
            samples = own.mixed(samples, noise, 12, index)
        yield samples, item.text, item.voice


def _late(samples: np.ndarray) -> np.ndarray:
    """A voice in silence without its beginning."""
    first = begins(samples**2)
    samples = samples.copy()
    samples[first : first + round(LATE * SAMPLE_RATE)] = 0
    return samples


def _spoken(task: Task) -> list[own.Spoken]:
    """Sentences by synthetic voices that no training heard."""
    folder, data, seed = task.work / "synth", task.work / "data", task.seed
    if task.kind == "neural-words":
        alone, _ = Sentences().short
        return own.by_neural(alone * TIMES, folder / f"neural-words-{seed}", data, seed)
    if task.kind.startswith("neural"):
        texts = own.drawn(COUNT // 2, seed)
        return own.by_neural(texts, folder / f"neural-tuning-{seed}", data, seed)
    found = own.by_debian(own.drawn(COUNT, seed), folder / f"tuning-{seed}", seed)
    return found[: COUNT // 2] if task.kind == "continuous" else found


def _talk(task: Task) -> Iterator[list[np.ndarray]]:
    """Recordings of other people's speech or of noises, some at a time."""
    data = task.work / "data"
    if task.kind == "noises":
        paths = noise_files(data, test=False)
    elif task.kind == "sentences":
        paths = own.foreign_speech(task.work, "tuning")
    else:
        orders = Orders(data / "speech-to-intent-benchmark").orders
        paths = [order.path for order in orders if order.tuning]
    noise = own.noise_behind(task.kind, data) if task.kind == "noisy-orders" else None
    for start in range(0, len(paths), TOGETHER)[task.part :: task.parts]:
        some = [load_audio(path) for path in paths[start : start + TOGETHER]]
        if noise is not None:
            some = [own.mixed(one, noise, 12, start + i) for i, one in enumerate(some)]
        if task.kind == "noises":
            rng = np.random.default_rng([task.seed, start])
            some = [own.at_some_level(one, rng) for one in some]
        yield some


def outcomes(task: Task) -> list[Outcome]:
    """What comes of each sound."""
    table = phrase_table()
    memory = task.work / "tuning" / fingerprint(task.model)
    ears = Remembered(
        lambda: Recogniser(task.model, table),
        memory / f"{task.kind}-{task.part}-{task.parts}.pkl",
        Sounds(pronunciations(task.model)),
    )
    found = []
    for samples, text, voice in sounds(task):
        acted = acted_on(ears, samples)
        meant = [] if text is None else [table.understand(text).intent]
        right = [intent for _, intent in acted] == meant
        found.append(Outcome(text, tuple(words for words, _ in acted), right, voice))
    ears.save()
    return found


def seed_for_tuning(text: str) -> int:
    """A seed; not that of the tables."""
    if int(text) == own.SEED:
        raise argparse.ArgumentTypeError(f"{text} draws the sentences of the tables")
    return int(text)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="+", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--work", type=Path, required=True, help="work folder of the recipe")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "voiceacu-en")
    parser.add_argument("--seed", type=seed_for_tuning, default=SEED, help="draws the sentences")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    args = parser.parse_args()
    model, parts = args.model.resolve(), args.processes
    for kind in args.kinds:
        tasks = [Task(args.work, model, kind, args.seed, n, parts) for n in range(parts)]
        with ProcessPoolExecutor(parts) as pool:
            found = [one for some in pool.map(outcomes, tasks) for one in some]
        right, false = (sum(getattr(one, name) for one in found) for name in ("right", "false"))
        of = f"{right} of {len(found)} right, " if found[0].wanted else ""
        acted = sum(len(one.heard) for one in found if one.false)
        print(f"{kind}: {of}{false} acted on otherwise ({acted} times)", flush=True)
        if args.show:
            wrong = [one for one in found if not one.right]
            for one in wrong:
                print(f"  {one.voice}: {one.wanted} -> {', '.join(one.heard) or 'nothing'}")
            print(f"  {Counter(one.voice for one in wrong).most_common()}")


if __name__ == "__main__":
    main()
