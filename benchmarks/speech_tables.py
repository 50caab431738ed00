"""The tables of the ears: each of their cells is measured apart and kept.

A cell is a name and a call. Its result is written to a JSON file as soon as it is there, so an
interrupted benchmark goes on where it stopped, and a report can be printed at any time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import speech_own as own
from benchmarks import speech_product as product
from benchmarks.speech_orders import SNRS, Orders
from benchmarks.speech_recogniser import PocketSphinx, Recogniser, Vosk, jsgf_of, load_vosk
from training.features import load_audio
from training.project import phrase_table
from voiceacu.asr.models import vocabulary, with_grammar
from voiceacu.asr.recogniser import with_talk
from voiceacu.asr.sentences import sentence_graph
from voiceacu.pcm import to_int16

OURS, SPHINX = "voiceacu-en", "PocketSphinx 5.1.1"
PHRASE_NOISES = ("clean", "kitchen", "snoring")
NEURAL = "neural"


@dataclass(frozen=True)
class Bench:
    """What is measured, with how many samples. ``*_sphinx`` are the smaller samples for
    PocketSphinx: every N-th order, N phrases, N of each word."""

    work: Path
    model: Path
    orders: int = 1
    orders_sphinx: int = 20
    phrases: int = 300
    phrases_sphinx: int = 60
    words: int = 120
    words_sphinx: int = 25
    night_minutes: float = 12

    @property
    def data(self) -> Path:
        """Where the recordings lie."""
        return self.work / "data"


@dataclass(frozen=True)
class Cell:
    """One measurement: ``measure(bench, *arguments)`` gives what JSON can hold."""

    name: str
    measure: Callable[..., Any]
    arguments: tuple[Any, ...]


@lru_cache
def _orders(bench: Bench) -> Orders:
    return Orders(bench.data / "speech-to-intent-benchmark")


@lru_cache
def _order_engine(bench: Bench, engine: str) -> Recogniser:
    orders = _orders(bench)
    if engine == SPHINX:
        return PocketSphinx(orders.jsgf())
    return Vosk(load_vosk(bench.model)[0], orders.phrases(), alternatives=30)


def measure_orders(bench: Bench, engine: str, snr: int | None) -> dict[str, Any]:
    """Orders of one noise level: those right, by file name, and the real-time factor."""
    orders, recogniser = _orders(bench), _order_engine(bench, engine)
    step = bench.orders if engine == OURS else bench.orders_sphinx
    audio, work = recogniser.seconds_of_audio, recogniser.seconds_of_work
    right = {o.path.name: orders.is_right(o, snr, recogniser) for o in orders.orders[::step]}
    factor = (recogniser.seconds_of_work - work) / (recogniser.seconds_of_audio - audio)
    return {"right": right, "factor": factor}


@lru_cache
def _phrases(bench: Bench, voices: str) -> list[own.Spoken]:
    folder, texts = bench.work / "synth", own.phrases(bench.phrases)
    if voices == NEURAL:
        return own.by_neural(texts, folder / "neural-test", bench.data)
    return own.by_debian(texts, folder / "test")


def measure_phrases(bench: Bench, engine: str, kind: str, voices: str = "") -> list[bool]:
    """Phrases in one noise: whether each was understood, and nothing else."""
    noise, spoken = own.noise_behind(kind, bench.data), _phrases(bench, voices)
    some = spoken if engine == OURS else spoken[: bench.phrases_sphinx]
    sphinx = PocketSphinx(jsgf_of(sorted({s.text for s in spoken}))) if engine == SPHINX else None
    results = []
    for index, item in enumerate(some):
        samples = load_audio(item.path)
        if noise is not None:
            samples = own.mixed(samples, noise, 12, index)
        if sphinx is None:
            results.append(product.is_understood(bench.model, samples, item.text))
        else:
            heard = sphinx.utterances(to_int16(np.pad(samples, 4800).astype(np.float32)))
            understand = phrase_table().understand
            text = " ".join(h.best for h in heard)
            results.append(understand(text).intent == understand(item.text).intent)
    return results


def measure_words(bench: Bench, engine: str) -> dict[str, list[bool]]:
    """Single words: whether each recording came out alone and right."""
    recogniser: Recogniser
    if engine == SPHINX:
        recogniser, each = PocketSphinx(jsgf_of(own.WORD_GRAMMAR)), bench.words_sphinx
    else:
        recogniser, each = Vosk(load_vosk(bench.model)[0], own.WORD_GRAMMAR), bench.words
    right: dict[str, list[bool]] = {word: [] for word in own.WORDS}
    for path, word in own.test_words(bench.data, each):
        heard = recogniser.utterances(to_int16(load_audio(path)))
        text = " ".join(h.best for h in heard).replace("[unk]", "").split()
        right[word].append(text == [word])
    return right


def measure_foreign(bench: Bench, kind: str, half: str) -> dict[str, object]:
    """Commands acted on in speech that is meant for somebody else."""
    if kind == "orders":
        paths = [o.path for o in _orders(bench).orders if o.tuning == (half == "tuning")]
    else:
        paths = own.foreign_speech(bench.work, half)
    return product.false_commands(bench.model, [load_audio(path) for path in paths])


def measure_night(bench: Bench, kind: str) -> dict[str, object]:
    """Commands acted on in noise."""
    pieces = own.night_noise(bench.data, kind, bench.night_minutes)
    return product.false_commands(bench.model, pieces)


COST_SCRIPT = """
import json, sys, time, vosk
vosk.SetLogLevel(-1)
begun = time.perf_counter()
model = vosk.Model(sys.argv[1])
loaded = time.perf_counter() - begun
first = vosk.KaldiRecognizer(model, 16000, open(sys.argv[2]).read())
used = {}
for name, block in (("factor", 3200), ("again", 192000)):
    sound, at, begun = open(sys.argv[3], "rb"), 0, time.process_time()
    while samples := sound.read(block):
        # the product makes the second recogniser anew for each utterance
        recogniser = first if name == "factor" else vosk.KaldiRecognizer(model, 16000)
        recogniser.SetMaxAlternatives(10)
        recogniser.AcceptWaveform(samples)
        at += len(samples)
        if at % 192000 == 0:
            recogniser.FinalResult()
    used[name] = (time.process_time() - begun) / (at / 32000)
status = open("/proc/self/status").read()  # ru_maxrss would count the parent's memory too
memory = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(json.dumps({"load": loaded, "memory": memory, **used}))
"""


def measure_cost(bench: Bench) -> dict[str, float]:
    """Load time, speed and memory in a process that imports Vosk alone."""
    orders = _orders(bench)
    speech = np.concatenate([orders.mixed(order, 12) for order in orders.orders[:60]])
    words, phrases = vocabulary(bench.model), phrase_table()
    graph = sentence_graph(phrases.sentences(words.__contains__), words)
    with tempfile.TemporaryDirectory() as folder, with_grammar(bench.model, graph) as model:
        grammar, sound = Path(folder) / "grammar.json", Path(folder) / "speech.raw"
        grammar.write_text(json.dumps(with_talk(phrases.grammar(words.__contains__))))
        sound.write_bytes(speech.tobytes())
        command = [sys.executable, "-c", COST_SCRIPT, *map(str, (model, grammar, sound))]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    size = sum(p.stat().st_size for p in bench.model.rglob("*") if p.is_file()) / 1e6
    return {"size": size, **json.loads(out)}


def cells() -> list[Cell]:
    """All cells, the quick and telling ones first."""
    found = [Cell("cost", measure_cost, ())]
    found += [Cell(f"phrases {n} {OURS}", measure_phrases, (OURS, n)) for n in PHRASE_NOISES]
    found += [
        Cell(f"phrases {n} {OURS} {NEURAL}", measure_phrases, (OURS, n, NEURAL))
        for n in PHRASE_NOISES
    ]
    found += [Cell(f"words {OURS}", measure_words, (OURS,))]
    for kind in ("sentences", "orders"):
        found += [
            Cell(f"foreign {kind} {half}", measure_foreign, (kind, half))
            for half in ("tuning", "test")
        ]
    found += [Cell(f"night {kind}", measure_night, (kind,)) for kind in own.NIGHT]
    found += [Cell(f"orders {s} {OURS}", measure_orders, (OURS, s)) for s in (6, 24, 12)]
    rest = [s for s in (None, *SNRS) if s not in (6, 24, 12)]
    found += [Cell(f"orders {s} {OURS}", measure_orders, (OURS, s)) for s in rest]
    found += [Cell(f"words {SPHINX}", measure_words, (SPHINX,))]
    found += [Cell(f"orders {s} {SPHINX}", measure_orders, (SPHINX, s)) for s in (None, *SNRS)]
    found += [Cell(f"phrases {n} {SPHINX}", measure_phrases, (SPHINX, n)) for n in PHRASE_NOISES]
    return found


def measure(cell: Cell, bench: Bench, target: Path) -> str:
    """Measure a cell and keep its result; returns its name."""
    begun = time.process_time()
    result = cell.measure(bench, *cell.arguments)
    row = {"result": result, "seconds": time.process_time() - begun}
    target.write_text(json.dumps(row))
    return cell.name
