"""How well free speech is understood, on sentences written before the phrase table existed.

`python tests/nlu/test_figures.py` prints the figures as a table. The phrase table may be improved
on the "dev" half; the "test" half is only counted.
"""

import hashlib
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.nlu.phrases import PhraseTable, load_phrases
from voiceacu.nlu.types import Phase

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """A sentence and what it means; no intent for speech that is meant for others."""

    text: str
    intent: str | None
    slots: dict[str, Any]
    phase: Phase | None


@dataclass(frozen=True)
class Figures:
    """Shares of all cases: understood rightly, understood wrongly, asked about."""

    cases: int
    right: float
    wrong: float
    asked: float


def half(text: str) -> str:
    return "dev" if hashlib.sha256(text.encode()).digest()[0] % 2 == 0 else "test"


def paraphrases(file: str = "paraphrases.yaml") -> Iterator[Case]:
    for group in YAML(typ="safe").load(HERE / file):
        phase = Phase(group["phase"]) if "phase" in group else None
        for text in group["texts"]:
            yield Case(text, group["intent"], group.get("slots", {}), phase)


def out_of_domain() -> Iterator[Case]:
    for texts in YAML(typ="safe").load(HERE / "out_of_domain.yaml").values():
        for text in texts:
            yield Case(text, None, {}, None)


WHEN = {
    "start_routine": Phase.IDLE,
    "ready": Phase.READY,
    "resume": Phase.PAUSED,
}
"""The phase in which an intent is said; all others are measured without any."""


def of_others(file: str) -> list[Case]:
    """Sentences of people who never saw the phrase table: with what they mean, or bare where they
    are said to somebody else."""
    rows = YAML(typ="safe").load(HERE / file)
    return [
        Case(row, None, {}, None)
        if isinstance(row, str)
        else Case(row["text"], row["intent"], row.get("slots", {}), WHEN.get(row["intent"]))
        for row in rows
    ]


def measure(table: PhraseTable, cases: list[Case]) -> Figures:
    right = wrong = asked = 0
    for case in cases:
        reading = table.understand(case.text, case.phase)
        asked += bool(reading.candidates) and not reading.accepted
        if reading.accepted and reading.intent is not None:
            good = (reading.intent.name, dict(reading.intent.slots)) == (case.intent, case.slots)
            right, wrong = right + good, wrong + (not good)
    n = len(cases)
    return Figures(n, right / n, wrong / n, asked / n)


def test_there_are_enough_sentences() -> None:
    assert len({case.text for case in paraphrases()}) >= 400
    assert len({case.text for case in out_of_domain()}) >= 400


@pytest.mark.parametrize("which", ["dev", "test"])
def test_paraphrases_are_understood(table: PhraseTable, which: str) -> None:
    figures = measure(table, [case for case in paraphrases() if half(case.text) == which])
    assert figures.right >= 0.95
    assert figures.wrong <= 0.01


@pytest.mark.parametrize("which", ["dev", "test"])
def test_speech_for_others_is_left_alone(table: PhraseTable, which: str) -> None:
    figures = measure(table, [case for case in out_of_domain() if half(case.text) == which])
    assert figures.wrong <= 0.01
    assert figures.asked <= 0.08


@pytest.mark.parametrize("file", ["colloquial.yaml", "bedtime.yaml"])
def test_loose_speech_that_was_looked_at_stays_understood(table: PhraseTable, file: str) -> None:
    figures = measure(table, list(paraphrases(file)))
    assert figures.right >= 0.95
    assert figures.wrong <= 0.01


def test_every_intent_has_paraphrases(table: PhraseTable) -> None:
    assert {command.intent for command in table.commands} == {c.intent for c in paraphrases()}


def seconds_of_understanding(table: PhraseTable) -> list[float]:
    """Processor time for each sentence, ascending."""
    times = []
    for case in (*paraphrases(), *out_of_domain()):
        start = time.thread_time()
        table.understand(case.text, case.phase)
        times.append(time.thread_time() - start)
    return sorted(times)


def main() -> None:
    library = load_library(data_folder() / "points.yaml")
    start = time.thread_time()
    table = load_phrases(data_folder(), library)
    loaded = time.thread_time() - start
    print("| sentences | half | n | right | wrong | asked about |\n|---|---|---|---|---|---|")
    sets = [
        (name, which, [case for case in source() if half(case.text) == which])
        for name, source in (("paraphrases", paraphrases), ("out of domain", out_of_domain))
        for which in ("dev", "test")
    ]
    for name in ("independent", "personas"):
        for said, end in ((name, ""), (f"{name}, to others", "_ood")):
            sets.append((said, "dev", of_others(f"{name}_dev{end}.yaml")))
            sets.append((said, "test", of_others(f"{name}{end or '_test'}.yaml")))
    for name, which, cases in sets:
        f = measure(table, cases)
        right = f"{f.right:.1%}" if cases[0].intent else ""
        print(f"| {name} | {which} | {f.cases} | {right} | {f.wrong:.1%} | {f.asked:.1%} |")
    times = seconds_of_understanding(table)
    print(
        f"\nprocessor time: load {loaded * 1e3:.0f} ms, understand median"
        f" {statistics.median(times) * 1e6:.0f} µs, 99th percentile"
        f" {times[int(len(times) * 0.99)] * 1e6:.0f} µs"
    )


if __name__ == "__main__":
    main()
