"""Plays one step of a golden dialogue: does it, or sees whether it happens as written."""

import re
from collections.abc import Callable
from string import Formatter
from typing import Any

from voiceacu.dialogue import actions, events
from voiceacu.dialogue.keys import Key
from voiceacu.replay.stage import LONGEST_WAIT, Knowing, Stage
from voiceacu.replay.timeline import PATIENCE, Step

TOLERANCE = 0.5
"""Seconds by which a time may differ: a hold ends within half a second of its time."""


class Different(Exception):  # noqa: N818
    """What was expected, and what happened instead."""


def perform(stage: Stage, step: Step) -> None:
    """Do one step; raises Different where it does not go as written."""
    _STEPS[step.verb](stage, step)


def _begin(stage: Stage, step: Step) -> None:
    """Wait for the step's time; what happened before it is not looked at any more."""
    _wait(stage, step)
    stage.seen = len(stage.done)


def _wait(stage: Stage, step: Step) -> None:
    if step.at is not None:
        stage.pass_time(stage.zero + step.at)


def _user(stage: Stage, step: Step) -> None:
    _begin(stage, step)
    stage.say(step.user or "")


def _unclear(stage: Stage, step: Step) -> None:
    _begin(stage, step)
    stage.hear_unclear(step.unclear or ())


def _lost(stage: Stage, step: Step) -> None:
    _begin(stage, step)
    stage.tell(events.DeviceLost(step.lost or "microphone"))


def _returned(stage: Stage, step: Step) -> None:
    _begin(stage, step)
    stage.tell(events.DeviceReturned(step.returned or "microphone"))


def _after(stage: Stage, step: Step) -> None:
    stage.pass_time(stage.now + (step.after or 0.0))
    stage.seen = len(stage.done)


def _until(stage: Stage, step: Step) -> None:
    limit = LONGEST_WAIT if step.within == PATIENCE else step.within
    if not stage.pass_time(stage.now + limit, lambda: stage.state.phase is step.until):
        raise Different(f"expected phase {step.until} within {limit:g} s")
    # What this very moment brought may still be expected.
    stage.seen = next(
        i for i, (at, _) in enumerate([*stage.done, (stage.now, None)]) if at >= stage.now
    )


def _phase(stage: Stage, step: Step) -> None:
    _wait(stage, step)
    if stage.state.phase is not step.phase:
        raise Different(f"expected phase {step.phase}, it is {stage.state.phase}")


def _left(stage: Stage, step: Step) -> None:
    _wait(stage, step)
    clock, wanted = stage.state.clock, step.left or 0.0
    if clock is None:
        raise Different(f"expected {wanted:g} s left, but no hold is on")
    if abs(clock.remaining(stage.now) - wanted) > TOLERANCE:
        raise Different(f"expected {wanted:g} s left, it is {clock.remaining(stage.now):.1f}")


def _quiet(stage: Stage, step: Step) -> None:
    stage.pass_time(stage.now + (step.quiet or 0.0))
    fresh, stage.seen = range(stage.seen, len(stage.done)), len(stage.done)
    new = (stage.done[i][1] for i in fresh if i not in stage.used)
    spoke = [action.text for action in new if isinstance(action, actions.Say)]
    if spoke:
        raise Different(f"expected quiet for {step.quiet:g} s, it said {spoke[0]!r}")


def _says(stage: Stage, step: Step) -> None:
    for wanted in step.says or ():
        at, said = _next(stage, step, wanted, actions.Say)
        if not matches(wanted, said.text, stage.knowledge):
            raise Different(f"expected {wanted!r}, it said {said.text!r}")
        _check_time(stage, step, wanted, at)


def _chime(stage: Stage, step: Step) -> None:
    what = f"chime {step.chime}"
    at, _ = _next(stage, step, what, actions.Chime, lambda chime: chime.earcon == step.chime)
    _check_time(stage, step, what, at)


def _record(stage: Stage, step: Step) -> None:
    what = f"record {step.record}"
    at, record = _next(stage, step, what, actions.Record, lambda note: note.what == step.record)
    for name in ("outcome", "routine", "point", "pregnant"):
        if (wanted := getattr(step, name)) not in (None, getattr(record, name)):
            raise Different(f"expected {what} with {name} {wanted}, it is {record}")
    if step.seconds is not None and abs(step.seconds - record.seconds) > TOLERANCE:
        raise Different(f"expected {what} of {step.seconds:g} s, it is {record.seconds:g}")
    _check_time(stage, step, what, at)


def _action(stage: Stage, step: Step) -> None:
    at, _ = _next(stage, step, str(step.action), getattr(actions, str(step.action)))
    _check_time(stage, step, str(step.action), at)


def _volume(stage: Stage, step: Step) -> None:
    at, change = _next(stage, step, "a change of volume", actions.SetVolume)
    if change.decibels != step.volume:
        raise Different(f"expected volume {step.volume:g} dB, it is {change.decibels:g}")
    _check_time(stage, step, "volume", at)


def _pace(stage: Stage, step: Step) -> None:
    at, change = _next(stage, step, "a change of pace", actions.SetPace)
    if change.words_per_minute != step.pace:
        raise Different(f"expected pace {step.pace}, it is {change.words_per_minute}")
    _check_time(stage, step, "pace", at)


def _next(
    stage: Stage,
    step: Step,
    what: str,
    kind: type[Any],
    fits: Callable[[Any], bool] = lambda _: True,
) -> tuple[float, Any]:
    """The next action of a kind that no earlier step has expected."""
    place = stage.seen

    def found() -> bool:
        nonlocal place
        while place < len(stage.done):
            action = stage.done[place][1]
            if place not in stage.used and isinstance(action, kind) and fits(action):
                return True
            place += 1
        return False

    if not stage.pass_time(stage.now + step.within, found):
        raise Different(f"expected {what!r} within {step.within:g} s")
    stage.used.add(place)
    return stage.done[place]


def _check_time(stage: Stage, step: Step, what: str, at: float) -> None:
    if step.at is not None and abs(at - stage.zero - step.at) > TOLERANCE:
        raise Different(f"expected {what!r} at {step.at:g} s, it was at {at - stage.zero:.1f}")


_STEPS: dict[str, Callable[[Stage, Step], None]] = {
    "user": _user,
    "unclear": _unclear,
    "after": _after,
    "until": _until,
    "lost": _lost,
    "returned": _returned,
    "says": _says,
    "quiet": _quiet,
    "chime": _chime,
    "record": _record,
    "action": _action,
    "volume": _volume,
    "pace": _pace,
    "left": _left,
    "phase": _phase,
}


def matches(wanted: str, text: str, knowledge: Knowing) -> bool:
    """Whether a sentence is what a step expects: by key, by place in the points file, by words."""
    if wanted in set(Key):
        return any(_fits(pattern, text) for pattern in knowledge.replies.texts[Key(wanted)])
    point, _, part = wanted.partition(".")
    known = {p.id: p for p in knowledge.library.points}
    if point in known and part:
        return text in getattr(known[point], part)
    if wanted == "tip":
        return text in knowledge.library.tips
    return wanted.casefold() in text.casefold()


def _fits(pattern: str, text: str) -> bool:
    """Whether a text is a wording with anything in its slots."""
    parts = [
        re.escape(literal) + (".+" if name is not None else "")
        for literal, name, _, _ in Formatter().parse(pattern)
    ]
    return re.fullmatch("".join(parts), text, re.IGNORECASE) is not None
