"""From measured cells to the Markdown report; what is not measured yet shows as a dash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import numpy as np

from benchmarks import speech_own as own
from benchmarks.markdown import table
from benchmarks.speech_orders import SNRS
from benchmarks.speech_tables import NEURAL, OURS, PHRASE_NOISES, SPHINX

Results = Mapping[str, Any]
"""Result of each measured cell by its name."""


def _share(values: Any) -> str:
    found = list(values)
    return f"{np.mean(found):.3f}" if found else "-"


def _orders_row(
    title: str, results: Results, engine: str, keep: Callable[[str], bool]
) -> list[object]:
    levels = [results.get(f"orders {snr} {engine}") for snr in (None, *SNRS)]
    rows = [[r for name, r in (c or {"right": {}})["right"].items() if keep(name)] for c in levels]
    noisy = [np.mean(row) for row in rows[1:] if row]
    mean = f"{np.mean(noisy):.3f}" if len(noisy) == len(SNRS) else "-"
    return [title, max(map(len, rows)), *map(_share, rows), mean]


def orders(results: Results) -> str:
    """The public benchmark."""
    sphinx = set()
    for snr in (None, *SNRS):
        sphinx |= set(results.get(f"orders {snr} {SPHINX}", {"right": {}})["right"])
    rows = [
        _orders_row(OURS, results, OURS, lambda _: True),
        _orders_row(f"{OURS}, tuning files", results, OURS, lambda name: name[0] in "012345"),
        _orders_row(f"{OURS}, other files", results, OURS, lambda name: name[0] not in "012345"),
    ]
    if sphinx:
        rows.append(_orders_row(SPHINX, results, SPHINX, lambda _: True))
        rows.append(_orders_row(f"{OURS}, the same files", results, OURS, sphinx.__contains__))
    head = ["recogniser, files", "n", "clean", *(f"{s} dB" for s in SNRS), "mean 6..24"]
    return (
        "## Public benchmark: human coffee orders in kitchen noise\n\n"
        "Intent and all slots right, the domain's grammar given at run time. "
        "Tuning used only files whose name begins with the hex digits 0-5.\n\n" + table(head, rows)
    )


def phrases(results: Results) -> str:
    """Our phrases by synthetic voices that no training run heard."""
    kinds = {
        f"{OURS}, Debian's voices": (OURS,),
        f"{OURS}, the same sentences by neural voices": (f"{OURS} {NEURAL}",),
        f"{OURS}, all of these": (OURS, f"{OURS} {NEURAL}"),
        f"{SPHINX}, Debian's voices": (SPHINX,),
    }
    rows = []
    for title, engines in kinds.items():
        parts = [[results.get(f"phrases {n} {e}", []) for e in engines] for n in PHRASE_NOISES]
        found = [list(chain(*part)) if all(part) else [] for part in parts]
        rows.append([title, max(map(len, found)), *map(_share, found)])
    head = ["recogniser", "n", "clean", "12 dB kitchen", "12 dB snoring"]
    return (
        "## Our phrases, synthetic voices held out of training\n\n"
        "Sentences drawn once for all from the phrase table (`benchmarks/phrases.txt`), through "
        "the whole product (voice detection, recogniser, choice, understanding): intent and slots "
        "right, and nothing else acted on. "
        "PocketSphinx has the sentences of the test alone as its grammar, not the whole table.\n\n"
        + table(head, rows)
    )


def words(results: Results) -> str:
    """Single human words of the Speech Commands testing list."""
    rows = []
    for engine in (OURS, SPHINX):
        right = results.get(f"words {engine}", {})
        every = [r for row in right.values() for r in row]
        by_word = [_share(right.get(word, [])) for word in own.WORDS]
        rows.append([engine, len(every), *by_word, _share(every)])
    head = ["recogniser", "n", *own.WORDS, "all"]
    return (
        f"## Single human words ({len(own.WORD_GRAMMAR)} words and [unk] as the grammar)\n\n"
        "Speech Commands, testing list.\n\n" + table(head, rows)
    )


def false_commands(results: Results) -> str:
    """Commands acted on though nobody gave one."""
    titles = {
        "foreign sentences tuning": "read sentences, development half",
        "foreign sentences test": "read sentences, test half",
        "foreign orders tuning": "coffee orders, tuning files",
        "foreign orders test": "coffee orders, other files",
        **{f"night {kind}": kind for kind in own.NIGHT},
    }
    rows, hours, count = [], 0.0, 0
    for name, title in titles.items():
        if (found := results.get(name)) is None:
            continue
        if name.startswith("night"):
            hours, count = hours + found["hours"], count + len(found["found"])
        rate = f"{len(found['found']) / found['hours']:.1f}"
        rows.append([title, f"{found['hours']:.2f}", len(found["found"]), rate])
    if hours:
        rows.append(["all noises", f"{hours:.2f}", count, f"{count / hours:.1f}"])
    return (
        "## False commands\n\n"
        "What the product acts on in recordings that hold no command for it. Read sentences are "
        "continuous speech of held-out people with 0.7 s between two; snoring, breathing and rain "
        "are held-out recordings at changing levels, fan and piano are simulated.\n\n"
        + table(["recordings", "hours", "commands", "per hour"], rows)
    )


def cost(results: Results) -> str:
    """Speed and memory."""
    rows = []
    if found := results.get("cost"):
        size, load = f"{found['size']:.1f} MB", f"{found['load']:.2f} s"
        factors = f"{found['factor']:.3f}", f"{found['again']:.3f}"
        rows.append([OURS, size, load, *factors, f"{found['memory']:.0f} MB"])
    sphinx = results.get(f"orders 12 {SPHINX}")
    if sphinx:
        factor = f"{sphinx['factor']:.3f} (grammar of the orders)"
        rows.append([SPHINX, "-", "-", factor, "-", "-"])
    head = ["recogniser", "size", "load", "real-time factor, one core", "again", "resident memory"]
    return (
        "## Cost\n\nGrammar of the whole phrase table, speech at 12 dB without a pause in "
        "utterances of six seconds, the product's longest, in a process of Python and Vosk. "
        "Only a doubtful utterance is heard again, and where the doubt stays, six times in all."
        "\n\n" + table(head, rows)
    )


SECTIONS = (orders, phrases, words, false_commands, cost)
