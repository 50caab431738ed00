"""A whole routine with forty interruptions at random times, beside a simple reference model.

The model knows what a person can observe: the order of the instructions, the answer that is due
to each question, where in the routine we are, and when each hold must end. Every instruction is
heard to its end exactly once and in order, so is every answer, and every hold lasts its time.
"""

import random
from collections.abc import Iterator
from datetime import datetime

import pytest

from voiceacu.content.model import Point
from voiceacu.dialogue import actions, events
from voiceacu.dialogue.actions import Earcon
from voiceacu.nlu.types import Intent, Phase
from voiceacu.replay.expect import matches
from voiceacu.replay.stage import Knowing

from .room import Room

ANSWERS: dict[str, tuple[str, ...]] = {
    "what_for": ("{point}.purpose", "{point}.purpose"),
    "which_point": ("this_is", "this_is_number"),
    "how_often": ("how_often",),
    "list_points": ("the_points_are", "more_points"),
    "routine_length": ("routine_left",),
    "safety": (
        *("safe_gentle", "safe_skin", "safe_pregnant"),
        *("safe_red_flags", "safe_more_red_flags", "safe_general"),
    ),
}
"""Questions, and the sentences of their answers."""

DEVICES: tuple[events.DeviceKind, ...] = ("microphone", "loudspeaker")

OTHERS = (
    *("louder", "quieter", "faster", "slower", "longer", "pause", "misheard", "stale"),
    *DEVICES,
)
"""Other things that happen."""

STEP = 30.0
"""Seconds that "longer" adds."""


def instructions(knowledge: Knowing) -> Iterator[str]:
    """All that the full routine tells by itself, in order, as keys or as they are said."""
    order = knowledge.library.routines[0].points
    for i, identity in enumerate(order):
        point = knowledge.library.point(identity)
        if i:
            yield "let_go"
        yield "first_point" if i == 0 else "last_point" if point.id == order[-1] else "next_point"
        if point.sides == "each":
            yield "first_side"
        there = i and knowledge.library.point(order[i - 1]).region == point.region
        yield from ((there and point.stay) or point.position)
        yield from (*point.where, *point.how)
        if point.sides == "each":
            yield from ("hold_side", "ready_prompt", "hold_side", "ready_prompt")
        else:
            yield from ("hold_both", "ready_prompt")
    yield from ("last_one_done", "well_done")


def sides(knowledge: Knowing) -> list[tuple[Point, int]]:
    """Every hold of the full routine: its point and its side."""
    points = [knowledge.library.point(p) for p in knowledge.library.routines[0].points]
    return [(p, side) for p in points for side in range(2 if p.sides == "each" else 1)]


class Model:
    """The reference: where we are, and when the hold must end."""

    def __init__(self, knowledge: Knowing) -> None:
        self.sides = sides(knowledge)
        self.done = 0
        self.length = self.left = 0.0
        self.since: float | None = None
        self.open = False
        self.plan()

    @property
    def point(self) -> Point:
        """The current point."""
        return self.sides[min(self.done, len(self.sides) - 1)][0]

    def plan(self) -> None:
        """The usual length, at the first side of each point."""
        if self.done < len(self.sides) and self.sides[self.done][1] == 0:
            self.length = float(self.point.hold.default)

    def starts(self, now: float) -> None:
        """The sound of the beginning: of a hold, or of its rest after a pause."""
        if not self.open:
            self.open, self.left = True, self.length
        self.since = now

    def ends(self, now: float) -> None:
        """The sound of the end: it must come at its time."""
        assert self.since is not None
        assert abs(now - (self.since + self.left)) < 1e-6
        self.done, self.open, self.since = self.done + 1, False, None
        self.plan()

    def pauses(self, now: float) -> None:
        """The clock stands still."""
        if self.since is not None:
            self.left -= now - self.since
        self.since = None

    def longer(self) -> None:
        """Some seconds more, within the point's limit."""
        grown = min(self.length + STEP, float(self.point.hold.longest))
        self.left += grown - self.length
        self.length = grown


class Session:
    """A whole routine with interruptions, watched by the model."""

    def __init__(self, knowledge: Knowing) -> None:
        self.knowledge = knowledge
        self.room = Room(knowledge)
        self.model = Model(knowledge)
        self.heard = 0
        self.asked: list[tuple[float, str, tuple[str, ...]]] = []
        self.room.tell(events.Started(datetime(2026, 3, 2, 21, 30)))
        self.room.ask("not_pregnant")
        self.room.ask("start_routine")

    def pass_time(self, until: float) -> None:
        """Let time pass, and let the model hear the sounds."""
        self.room.pass_time(until)
        for at, action in self.room.done[self.heard :]:
            if action == actions.Chime(Earcon.HOLD_START):
                self.model.starts(at)
            elif action == actions.Chime(Earcon.HOLD_END):
                self.model.ends(at)
        self.heard = len(self.room.done)
        session = self.room.state.session
        if session is not None:
            point, side = self.model.sides[self.model.done]
            assert (session.point, session.side) == (point.id, side)
            assert self.room.clock_runs == (self.model.since is not None)

    def interrupt(self, what: str, seconds: float) -> None:
        """Something is said, or happens, now; what lasts, lasts so many seconds."""
        room, now = self.room, self.room.now
        if what in ANSWERS:
            point = self.model.point.id
            self.asked.append((now, what, tuple(a.format(point=point) for a in ANSWERS[what])))
            room.ask(what)
        elif what == "misheard":
            room.tell(events.Misheard((Intent("next_point"), Intent("repeat"))))
        elif what == "stale":
            room.tell(events.SpeechFinished(room.state.speech.last_id - 1))
        elif what in DEVICES:
            room.tell(events.DeviceLost(what))
            self.pass_time(now + seconds)
            room.tell(events.DeviceReturned(what))
        elif what == "pause":
            room.ask("pause")
            self.model.pauses(now)
            self.pass_time(now + seconds)
            room.ask("resume")
        else:
            if what == "longer":
                self.model.longer()
            room.ask(what)

    def run(self, interruptions: list[tuple[float, str, float]]) -> None:
        """The session to its end. A word now and then tells that nobody has fallen asleep."""
        for time, what, seconds in sorted(interruptions):
            self.pass_time(max(time, self.room.now))
            if self.room.state.session is not None:
                self.interrupt(what, seconds)
        while self.room.state.phase is not Phase.FINISHED:
            self.pass_time(self.room.now + 50.0)
            if self.room.state.session is not None:
                self.room.ask("thanks")
        self.pass_time(self.room.now + 120.0)


def forty(seed: int) -> list[tuple[float, str, float]]:
    """Interruptions at random times: when, what, and for how many seconds it lasts."""
    chance = random.Random(seed)
    what = [*ANSWERS, *OTHERS]
    return [
        (chance.uniform(0.0, 1200.0), chance.choice(what), chance.uniform(0.0, 30.0))
        for _ in range(40)
    ]


def check(knowledge: Knowing, interruptions: list[tuple[float, str, float]]) -> None:
    """A session so interrupted goes as the model says."""
    session = Session(knowledge)
    session.run([*interruptions, *((float(t), "how_often", 0.0) for t in range(60, 1100, 90))])
    assert session.model.done == len(session.model.sides)
    check_instructions(session)
    check_answers(session)


@pytest.mark.parametrize("seed", range(6))
def test_forty_interruptions_change_nothing(knowledge: Knowing, seed: int) -> None:
    check(knowledge, forty(seed))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nor_do_they_in_many_sessions(knowledge: Knowing) -> None:
    for seed in range(1000, 1060):
        check(knowledge, forty(seed))


def check_instructions(session: Session) -> None:
    """Each was heard to its end once, in order; the last prompt again after a pause in it."""
    wanted = list(instructions(session.knowledge))
    keys = [key for key in wanted if "_" in key]

    def is_instruction(text: str) -> bool:
        return text in wanted or any(matches(key, text, session.knowledge) for key in keys)

    heard: list[str] = []
    resumed = False
    for _, text in session.room.spoken:
        prompts = [matches("ready_prompt", told, session.knowledge) for told in (*heard[-1:], text)]
        if is_instruction(text) and not (resumed and prompts == [True, True]):
            heard.append(text)
            resumed = False
        resumed = resumed or matches("resumed", text, session.knowledge)
    assert len(heard) == len(wanted)
    for text, expected in zip(heard, wanted, strict=True):
        assert text == expected or matches(expected, text, session.knowledge)


def check_answers(session: Session) -> None:
    """Each was heard once, in full, unless the same was asked again before its end."""
    for i, (at, topic, answer) in enumerate(session.asked):
        again = next((t for t, other, _ in session.asked[i + 1 :] if other == topic), None)
        heard = [
            text
            for time, text in session.room.spoken
            if time > at and (again is None or time <= again)
        ]
        for sentence in dict.fromkeys(answer):
            times = sum(matches(sentence, text, session.knowledge) for text in heard)
            most = answer.count(sentence)
            assert times <= most
            if again is None:
                assert times == most
