"""Everything the dialogue remembers, as frozen values."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from voiceacu.dialogue.actions import Action
from voiceacu.dialogue.events import DeviceKind
from voiceacu.dialogue.hold import Clock
from voiceacu.dialogue.keys import Key
from voiceacu.nlu.types import Intent, Phase

Slots = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence that waits to be said: a key with its slots, or a text of the points file.

    It becomes words only when it is said, so that a time left is never stale. `pause` is the
    silence before it in seconds. `topic` is the question it answers, empty for what the
    routine says by itself. A cut line is said again, in the same `wording`, unless it is not
    `lasting`.
    """

    key: Key | None = None
    text: str = ""
    slots: Slots = ()
    pause: float = 0.0
    topic: str = ""
    lasting: bool = True
    wording: int = 0


def line(key: Key, *, pause: float = 0.0, lasting: bool = True, **slots: str) -> Line:
    """A line of `replies.yaml`."""
    return Line(key, slots=tuple(sorted(slots.items())), pause=pause, lasting=lasting)


def sentences(texts: Iterable[str], pause: float = 0.0) -> tuple[Line, ...]:
    """Sentences of the points file, after a silence before the first."""
    lines = tuple(Line(text=text) for text in texts)
    return (replace(lines[0], pause=pause), *lines[1:]) if lines else ()


@dataclass(frozen=True, slots=True)
class Speech:
    """What is being said (`current`, as utterance `last_id`), and what comes after it.

    `began` is the moment when `current` began to sound, `due` the one after which it counts as
    finished although nobody said so. `turn` are the seconds of speech since the person last had
    the floor, `ended` when the last sentence ended. `said` is what "say that again" repeats;
    it is `fresh` where it was said since the person last spoke.
    """

    current: Line | None = None
    queue: tuple[Line, ...] = ()
    said: tuple[Line, ...] = ()
    fresh: bool = False
    last_id: int = 0
    began: float = 0.0
    due: float = 0.0
    turn: float = 0.0
    ended: float = 0.0

    @property
    def silent(self) -> bool:
        """Nothing is being said, and nothing waits to be."""
        return self.current is None and not self.queue

    @property
    def unfinished(self) -> tuple[Line, ...]:
        """What is still to be said, the sentence being said included."""
        return self.queue if self.current is None else (self.current, *self.queue)


@dataclass(frozen=True, slots=True)
class Session:
    """One routine on its way.

    `routine` is its id, or a point's id where it is that point only; `order` the points it
    was asked for, `points` those of them that are done. `side` counts the sides of a point
    held in turn, the left one first unless `right_first`; `length` is the hold planned for each
    side of the current point. `region` is the part of the body that the person has been guided
    to, empty before the first point. `holds` counts the holds that are over, `silent_ends` the
    points that ended since the person was last heard. `began` is when it did.
    """

    routine: str
    order: tuple[str, ...]
    points: tuple[str, ...]
    began: float
    index: int = 0
    side: int = 0
    right_first: bool = False
    region: str = ""
    length: float = 0.0
    holds: int = 0
    silent_ends: int = 0
    breath_told: bool = False

    @property
    def point(self) -> str:
        """The id of the current point."""
        return self.points[self.index]


@dataclass(frozen=True, slots=True)
class Settings:
    """How it sounds: loudness in dB, words a minute, seconds of one breath in and out."""

    volume: float = 0.0
    pace: int = 150
    breathing: bool = True
    inhale: float = 4.0
    exhale: float = 6.0


@dataclass(frozen=True, slots=True)
class Safety:
    """What is known of the safety check.

    `warned` is when the warning signs were told, `asked` when the question was asked, answered or
    left, `pregnant` the answer. `kept` tells whether the answer, once there is one, is remembered
    beyond this run.
    """

    warned: float | None = None
    asked: float | None = None
    pregnant: bool | None = None
    kept: bool = False

    @property
    def remembered(self) -> bool | None:
        """The answer that the journal has."""
        return self.pregnant if self.kept else None


@dataclass(frozen=True, slots=True)
class Day:
    """What the world told at the start: local time `wall` at the moment `at`."""

    wall: datetime | None = None
    at: float = 0.0
    sessions: int = 0
    last_routine: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One reading of unclear speech; hashable, unlike an `Intent`."""

    name: str
    slots: tuple[tuple[str, str | int], ...] = ()

    @classmethod
    def of(cls, intent: Intent) -> "Choice":
        """An intent as a choice."""
        return cls(intent.name, tuple(sorted(intent.slots.items())))

    @property
    def intent(self) -> Intent:
        """The choice as an intent."""
        return Intent(self.name, dict(self.slots))


@dataclass(frozen=True, slots=True)
class Unclear:
    """Unclear speech that was asked about once, at the moment `at`."""

    choices: tuple[Choice, ...]
    at: float


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A question that lacked its point, asked at the moment `at`."""

    intent: str
    at: float


@dataclass(frozen=True, slots=True)
class Slept:
    """A session in which the person fell asleep at the moment `at`, and the day before its end."""

    session: Session
    day: Day
    at: float


@dataclass(frozen=True, slots=True)
class Before:
    """The state that a command changed, and the moment of the command."""

    state: "State"
    at: float


@dataclass(frozen=True, slots=True)
class State:
    """The whole conversation.

    `wait` is when the routine goes on by itself if nobody speaks. `back_to` is the phase that a
    pause left, `parked` what was still to be said in it. `noted` are the seconds that the journal
    has of each hold of this session; they stay when a command is taken back. `helped` counts
    requests for help in a row, `tips` the tips given. `about` is the point last asked about by
    name, `slept` the session to go on with for whoever wakes up. `fade` is added to the loudness,
    in dB, while nobody answers. `breathing` tells whether breath tones sound. `out` collects the
    actions of the step at work; it is empty between steps.
    """

    phase: Phase = Phase.IDLE
    speech: Speech = Speech()
    session: Session | None = None
    clock: Clock | None = None
    wait: float | None = None
    back_to: Phase | None = None
    parked: tuple[Line, ...] = ()
    noted: tuple[float, ...] = ()
    settings: Settings = Settings()
    safety: Safety = Safety()
    day: Day = Day()
    helped: int = 0
    tips: int = 0
    fade: float = 0.0
    breathing: bool = False
    lost: tuple[DeviceKind, ...] = ()
    told_lost: float | None = None
    about: str = ""
    unnamed: Unnamed | None = None
    unclear: Unclear | None = None
    slept: Slept | None = None
    undo: Before | None = None
    out: tuple[Action, ...] = ()

    @property
    def checking(self) -> bool:
        """Whether the safety question is open, be it paused."""
        return Phase.SAFETY in (self.phase, self.back_to)

    def emit(self, *actions: Action) -> "State":
        """The state with further actions to hand out."""
        return replace(self, out=self.out + actions)
