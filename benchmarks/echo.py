"""Does it hear commands while it speaks, and never itself? In simulated bedrooms.

    python -m benchmarks.echo [--rooms N]

Every room is simulated (image sources, RT60 0.2 to 0.6 s, noise at -60 dBFS, its own loudspeaker
delay). Talkers are synthetic voices held out of training. The assistant's real voice speaks its
real sentences without a pause for breath, and goes on speaking whatever is heard: only ducking,
as in the app, helps the talker. The real front end, listener, model and phrase table are used.
Where the echo slips it does so as behind a sound server that drops blocks.
Writes `benchmarks/echo.md`.
"""

import argparse
import itertools
import platform
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.echo_talkers import CACHE, commands, speech, talkers
from benchmarks.markdown import table
from tests.dialogue.conftest import shipped
from tests.dialogue.test_sentences import sentences
from voiceacu.asr.listener import Listener, Urged, VoiceStarted
from voiceacu.asr.models import find_model
from voiceacu.asr.recogniser import Recogniser
from voiceacu.audio.frontend import FrontEnd
from voiceacu.audio.mixer import Mixer
from voiceacu.audio.room import Acoustics, SimulatedRoom
from voiceacu.nlu.phrases import PhraseTable
from voiceacu.nlu.types import Heard, Intent
from voiceacu.pcm import Samples
from voiceacu.tts.voice import Voice

TARGET = Path(__file__).with_name("echo.md")
QUIET = Acoustics(rt60=0.3, noise_db=-60.0)
FIRST, GAP = 8.0, 3.0
"""Seconds before the first command, and between commands at least."""

SLIPS = (0.010, -0.010, 0.025, -0.025, 0.040, -0.040)
"""Seconds by which the echo comes later or earlier at once, one after the other."""

BEFORE = 1.5
"""Seconds between a slip and the command after it."""

LOUDEST_DB = 6.0
"""The loudest setting that the dialogue allows, relative to normal."""

ALONE = "Nobody else speaks; every sentence it can say, loudest, the echo louder than a talker:"

SLACK = 0.6
"""Seconds by which what was heard may lie beside what was said."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One row: how the room is, whether the assistant speaks, what is asked for, whether the echo
    slips."""

    name: str
    acoustics: Acoustics
    speaks: bool = True
    wanted: str = ""
    slips: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One command of a talker."""

    text: str
    talker: str
    intent: Intent
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one room."""

    said: int
    heard: int
    false: tuple[str, ...]
    missed: tuple[str, ...]
    seconds: float


CONDITIONS = (
    Condition("it is silent", QUIET, speaks=False),
    Condition("it speaks, headphones", replace(QUIET, echo_db=None)),
    Condition("it speaks, echo -20 dB", replace(QUIET, echo_db=-20.0), wanted="99 %"),
    Condition("it speaks, echo -10 dB", replace(QUIET, echo_db=-10.0), wanted="98 %"),
    Condition("it speaks, echo 0 dB", replace(QUIET, echo_db=0.0), wanted="90 %"),
    Condition(
        "it speaks, echo -10 dB, clocks 50 ppm apart",
        replace(QUIET, echo_db=-10.0, drift_ppm=50.0),
        wanted="95 %",
    ),
    Condition(
        "it speaks, echo -10 dB, which slips 1.5 s before each command",
        replace(QUIET, echo_db=-10.0),
        slips=True,
    ),
)


class Bedroom:
    """The assistant's ears and voice in one simulated room, without a dialogue; at `slips`
    (seconds) the echo slips."""

    def __init__(
        self,
        room: SimulatedRoom,
        table: PhraseTable,
        own: Iterator[Samples],
        slips: Iterable[float] = (),
    ) -> None:
        self.room, self.own = room, own
        self.slips = deque(zip(slips, itertools.cycle(SLIPS), strict=False))
        self.mixer = Mixer()
        self.front = FrontEnd()
        self.listener = Listener(Recogniser(find_model(None), table), table)
        room.start(self.mixer.render)

    def run(self, until: float | None = None) -> list[Heard]:
        """Speak and listen until a time, or until there is nothing more to say."""
        heard = []
        while until is None or self.room.now() < until:
            if not self.mixer.speaking:
                sentence = next(self.own, None)
                if sentence is None and until is None:
                    break
                if sentence is not None:
                    self.mixer.speak(0, sentence)
            if self.slips and self.room.now() >= self.slips[0][0]:
                self.room.slip(self.slips.popleft()[1])
            frame = self.room.read(0.0)
            assert frame is not None
            for fact in self.listener.feed(self.front.process(frame)):
                if isinstance(fact, Urged):
                    self.mixer.mute()
                    continue
                self.mixer.duck(isinstance(fact, VoiceStarted))
                if isinstance(fact, Heard):
                    heard.append(fact)
        return heard


def own_sentences(texts: list[str]) -> list[Samples]:
    """The assistant's voice saying them."""
    voice = Voice(CACHE)
    sounds = [voice.render(text, 150) for text in texts]
    voice.close()
    return sounds


def talk(condition: Condition, seed: int) -> Outcome:
    """All commands in one room, each by another talker."""
    knowledge = shipped()
    acoustics = replace(condition.acoustics, rt60=0.2 + 0.08 * (seed % 6), delay=0.05 + 0.02 * seed)
    room = SimulatedRoom(acoustics, seed=seed, record=False)
    rng, voices, said, at = np.random.default_rng(seed), talkers(), [], FIRST
    for number, (text, intent) in enumerate(commands(knowledge.table)):
        talker = voices[(number + seed) % len(voices)]
        end = room.say(speech(talker, text), at)
        said.append(Said(text, talker, intent, at, end))
        at = end + GAP + rng.uniform(0.0, 1.0)
    texts = list(sentences(knowledge))
    rng.shuffle(texts)
    own = itertools.cycle(own_sentences(texts[:60])) if condition.speaks else iter(())
    slips = [s.start - BEFORE for s in said] if condition.slips else []
    heard = Bedroom(room, knowledge.table, own, slips).run(at)
    return judge(knowledge.table, said, heard, at)


def judge(table: PhraseTable, said: list[Said], heard: list[Heard], seconds: float) -> Outcome:
    """Which commands were understood, and what was understood though nobody said it."""
    found: set[int] = set()
    false: list[str] = []
    made_of: dict[int, list[str]] = {}
    for fact in heard:
        understood = table.understand(fact.text)
        near = [
            i
            for i, s in enumerate(said)
            if s.start - SLACK < (fact.start + fact.end) / 2 < s.end + SLACK
        ]
        for i in near:
            made_of.setdefault(i, []).append(fact.text)
            if understood.accepted and understood.intent == said[i].intent:
                found.add(i)
        if understood.accepted and not near:
            false.append(fact.text)
    missed = tuple(
        f"{s.text} ({s.talker}): {made_of.get(i, [])}" for i, s in enumerate(said) if i not in found
    )
    return Outcome(len(said), len(found), tuple(false), missed, seconds)


def script(seed: int, slips: Iterable[float] = ()) -> Outcome:
    """Every sentence it can say at the loudest setting; nobody else speaks."""
    knowledge = shipped()
    acoustics = Acoustics(rt60=0.2 + 0.08 * seed, echo_db=0.0, noise_db=-60.0, delay=0.05)
    room = SimulatedRoom(acoustics, seed=100 + seed, record=False)
    texts = list(dict.fromkeys(sentences(knowledge)))
    bedroom = Bedroom(room, knowledge.table, iter(own_sentences(texts)), slips)
    bedroom.mixer.volume_db = LOUDEST_DB
    return judge(knowledge.table, [], bedroom.run(), room.now())


def main() -> None:
    """Run all rooms, print and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=6)
    parser.add_argument("--processes", type=int, default=2)
    rooms = range(parser.parse_args().rooms)
    lines = [
        "# Hearing commands while it speaks",
        "",
        "Simulated bedrooms, synthetic talkers held out of training; see `benchmarks/echo.py`.",
        "",
    ]
    with ProcessPoolExecutor(parser.parse_args().processes) as pool:
        alone = {seed: pool.submit(script, seed) for seed in rooms}
        slipping = {seed: pool.submit(script, seed, range(10, 3600, 7)) for seed in rooms}
        jobs = {c: [pool.submit(talk, c, seed) for seed in rooms] for c in CONDITIONS}
        rows = []
        for condition, results in jobs.items():
            outcomes = [job.result() for job in results]
            said, heard = sum(o.said for o in outcomes), sum(o.heard for o in outcomes)
            false = [text for o in outcomes for text in o.false]
            share = f"{heard} of {said} ({100 * heard / said:.1f} %)"
            rows.append((condition.name, share, condition.wanted, len(false)))
            print(
                rows[-1], false, *(m for o in outcomes for m in o.missed), sep="\n   ", flush=True
            )
        lines += [table(("condition", "heard", "at least", "false commands"), rows), ALONE, ""]
        minutes = []
        for seed, job in alone.items():
            done = job.result()
            room = f"RT60 {0.2 + 0.08 * seed:.2f} s"
            slipped = slipping[seed].result().false
            minutes.append((room, f"{done.seconds / 60:.1f}", len(done.false), len(slipped)))
            print(minutes[-1], done.false, slipped, flush=True)
        slips = "the same, the echo slipping by 10 to 40 ms every 7 s"
        lines.append(table(("room", "minutes", "false commands", slips), minutes))
    command = f"python -m benchmarks.echo --rooms {len(rooms)}"
    lines += [f"`{command}`, {date.today()}, {platform.machine()}.", ""]
    TARGET.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
