"""The ears measured: ``python -m benchmarks.speech --work DIR`` prints and writes all tables.

``DIR`` is the recipe's work folder: ``DIR/data`` holds what ``python -m training fetch`` brought,
``DIR/held_out.jsonl`` the sentences kept out of training (``python -m training prepare``). The
synthetic test phrases are made there on the first run. PocketSphinx hears the same recordings
with the same grammar in the same run; ``--pocketsphinx N`` limits it to every N-th order,
because it is many times slower.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks import speech_own as own
from benchmarks.speech_orders import SNRS, Order, Orders
from benchmarks.speech_recogniser import PocketSphinx, Recogniser, Vosk, jsgf_of, load_vosk
from training.features import load_audio

ROOT = Path(__file__).resolve().parents[1]
REPORT = Path(__file__).with_name("speech.md")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines: list[Sequence[object]] = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def _orders_row(
    title: str, orders: Orders, chosen: list[Order], recogniser: Recogniser
) -> tuple[list[object], list[list[bool]]]:
    """Share of right orders for clean speech and each noise level; the single results."""
    results = []
    for snr in (None, *SNRS):
        bar = tqdm(chosen, desc=f"{title} {snr or 'clean'}", leave=False, mininterval=5)
        results.append([orders.is_right(order, snr, recogniser) for order in bar])
    return _shares(title, results), results


def _shares(title: str, results: list[list[bool]]) -> list[object]:
    shares = [float(np.mean(row)) if row else float("nan") for row in results]
    noisy = shares[1:]
    row = [title, len(results[0]), *(f"{s:.3f}" for s in shares), f"{np.mean(noisy):.3f}"]
    return list(row)


def orders_section(folder: Path, model: object, every: int, limit: int) -> str:
    """The public benchmark, tuning part and the rest apart, PocketSphinx beside it."""
    orders = Orders(folder)
    chosen = orders.orders[:limit] if limit else orders.orders
    ours = Vosk(model, orders.phrases(), alternatives=10, unknown=False)
    whole, results = _orders_row("voiceacu-en, all", orders, chosen, ours)
    rows = [whole]
    for title, part in (("voiceacu-en, tuning files", True), ("voiceacu-en, other files", False)):
        picked = [
            [r for o, r in zip(chosen, row, strict=True) if o.tuning == part] for row in results
        ]
        rows.append(_shares(title, picked))
    if every:
        sphinx = PocketSphinx(orders.jsgf())
        some = chosen[::every]
        rows.append(_orders_row(f"{sphinx.name}, every {every}th", orders, some, sphinx)[0])
        same = [row[::every] for row in results]
        rows.append(_shares("voiceacu-en, the same files", same))
    head = ["recogniser, files", "n", "clean", *(f"{s} dB" for s in SNRS), "mean 6..24"]
    speed = ours.seconds_of_work / ours.seconds_of_audio
    text = "## Public benchmark: human coffee orders in kitchen noise\n\n"
    text += "Intent and all slots right. "
    text += "Tuning used only files whose name begins with the hex digits 0-5.\n\n"
    return text + table(head, rows) + f"\nReal-time factor here: {speed:.3f}\n"


def phrases_section(work: Path, model: object, count: int, sphinx: bool) -> str:
    """Our phrases by synthetic voices that no training run heard, clean and in noise."""
    spoken = own.held_out_phrases(work / "synth" / "test", count)
    kitchen = Orders(work / "data" / "speech-to-intent-benchmark").noise.astype(np.float32)
    snoring = own.snoring(work / "data")
    engines: list[Recogniser] = [Vosk(model, own.grammar_phrases(model))]
    if sphinx:
        phrases = sorted({s.text for s in spoken})
        engines.append(PocketSphinx(jsgf_of(phrases), name="PocketSphinx 5.1.1, test phrases only"))
    rows: list[list[object]] = []
    for engine in engines:
        results = []
        for noise in (None, kitchen, snoring):
            for index, item in enumerate(
                tqdm(spoken, desc=engine.name, leave=False, mininterval=5)
            ):
                samples = load_audio(item.path)
                if noise is not None:
                    samples = own.mixed(samples, noise, 12, index)
                results.append(own.phrase_result(item, samples, engine))
        found = np.array(results).reshape(3, len(spoken), 2).mean(1)
        rows.append([engine.name, len(spoken), *(f"{w:.3f} / {i:.3f}" for w, i in found)])
    voices = ", ".join(sorted({s.voice for s in spoken}))
    head = ["recogniser", "n", "clean", "12 dB kitchen", "12 dB snoring"]
    text = "## Our phrases, synthetic voices held out of training\n\n"
    text += f"All words right / intent and slots right. Synthetic voices: {voices}.\n\n"
    return text + table(head, rows)


def words_section(data: Path, model: object, each: int, sphinx: bool) -> str:
    """Single human words of the Speech Commands testing list."""
    rows = []
    engines: list[Recogniser] = [Vosk(model, own.WORD_GRAMMAR)]
    if sphinx:
        engines.append(PocketSphinx(jsgf_of(own.WORD_GRAMMAR)))
    tests = own.test_words(data, each)
    for engine in engines:
        right: dict[str, list[bool]] = {word: [] for word in own.WORDS}
        for path, word in tqdm(tests, desc=engine.name, leave=False, mininterval=5):
            right[word].append(own.word_result(path, word, engine))
        every = [r for row in right.values() for r in row]
        by_word = [f"{np.mean(right[w]):.3f}" if right[w] else "-" for w in own.WORDS]
        rows.append([engine.name, len(every), *by_word, f"{np.mean(every):.3f}"])
    text = f"## Single human words ({len(own.WORD_GRAMMAR)} words and [unk] as the grammar)\n\n"
    return text + table(["recogniser", "n", *own.WORDS, "all"], rows)


def false_section(work: Path, model: object) -> str:
    """Commands acted on in speech that is not meant for it, and in noises."""
    engine = Vosk(model, own.grammar_phrases(model))
    rows: list[list[object]] = []
    for half in ("tuning", "test"):
        pieces = [load_audio(p) for p in own.foreign_speech(work, half)]
        found, hours = own.false_commands(pieces, engine)
        rows.append(
            [
                f"read sentences, {half} half",
                f"{hours:.2f}",
                len(found),
                f"{len(found) / hours:.1f}",
            ]
        )
    orders = Orders(work / "data" / "speech-to-intent-benchmark").orders
    for title, part in (
        ("coffee orders, tuning files", True),
        ("coffee orders, other files", False),
    ):
        pieces = [load_audio(o.path) for o in orders if o.tuning == part]
        found, hours = own.false_commands(pieces, engine)
        rows.append([title, f"{hours:.2f}", len(found), f"{len(found) / hours:.1f}"])
    noises = list(own.test_noises(work / "data").values())
    minutes = sum(map(len, noises)) / 16000 / 60
    rng = np.random.default_rng(3)
    repeated = [
        noises[i] * np.float32(10 ** rng.uniform(-1, 0.3))
        for _ in range(max(1, round(60 / minutes)))
        for i in rng.permutation(len(noises))
    ]
    found, hours = own.false_commands(repeated, engine)
    rows.append(
        [
            f"held-out noises ({minutes:.0f} min at changing levels)",
            f"{hours:.2f}",
            len(found),
            f"{len(found) / hours:.1f}",
        ]
    )
    text = "## False commands, grammar of the whole phrase table\n\n"
    text += "A command counts where an utterance is a whole phrase and nothing else.\n\n"
    return text + table(["recordings", "hours", "commands", "per hour"], rows)


COST_SCRIPT = """
import json, resource, sys, time, vosk
vosk.SetLogLevel(-1)
model = vosk.Model(sys.argv[1])
recogniser = vosk.KaldiRecognizer(model, 16000, open(sys.argv[2]).read())
samples = open(sys.argv[3], "rb").read()
begun = time.process_time()
for at in range(0, len(samples), 3200):
    if recogniser.AcceptWaveform(samples[at : at + 3200]):
        recogniser.Result()
used = time.process_time() - begun
print(used / (len(samples) / 32000), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def cost_section(model_path: Path, model: object, load_seconds: float, orders: Orders) -> str:
    """Speed and memory in a process that imports Vosk alone."""
    speech = np.concatenate([orders.mixed(order, 12) for order in orders.orders[:60]])
    with tempfile.TemporaryDirectory() as folder:
        grammar, sound = Path(folder) / "grammar.json", Path(folder) / "speech.raw"
        grammar.write_text(json.dumps([*own.grammar_phrases(model), "[unk]"]))
        sound.write_bytes(speech.tobytes())
        command = [sys.executable, "-c", COST_SCRIPT, *map(str, (model_path, grammar, sound))]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    factor, memory = map(float, out.split())
    size = sum(p.stat().st_size for p in model_path.rglob("*") if p.is_file()) / 1e6
    head = ["size", "load", "real-time factor, one core", "resident memory"]
    row = [f"{size:.1f} MB", f"{load_seconds:.2f} s", f"{factor:.3f}", f"{memory:.0f} MB"]
    note = "Speech at 12 dB without a pause, in a process of Python and Vosk.\n\n"
    return "## Cost\n\nGrammar of the whole phrase table. " + note + table(head, [row])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="work folder of the recipe")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "voiceacu-en")
    parser.add_argument("--pocketsphinx", type=int, default=10, metavar="N", help="0: without")
    parser.add_argument("--orders", type=int, default=0, metavar="N", help="only the first N")
    parser.add_argument("--phrases", type=int, default=600, metavar="N")
    parser.add_argument("--words", type=int, default=200, metavar="N", help="of each word")
    parser.add_argument("--report", type=Path, default=REPORT)
    args = parser.parse_args()
    model, seconds = load_vosk(args.model)
    folder = args.work / "data" / "speech-to-intent-benchmark"
    sphinx = args.pocketsphinx > 0
    parts = [
        orders_section(folder, model, args.pocketsphinx, args.orders),
        phrases_section(args.work, model, args.phrases, sphinx),
        words_section(args.work / "data", model, args.words, sphinx),
        false_section(args.work, model),
        cost_section(args.model, model, seconds, Orders(folder)),
    ]
    date = datetime.datetime.now(datetime.UTC).date()
    head = f"# The ears measured\n\n{date}, {os.cpu_count()}-core {platform.machine()} server, "
    head += "`python -m benchmarks.speech --work DIR`.\n\n"
    report = head + "\n".join(parts)
    args.report.write_text(report)
    print(report)


if __name__ == "__main__":
    main()
