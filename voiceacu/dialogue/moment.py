"""What a transition may look at besides the state: the knowledge, and what time it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from voiceacu.content.model import Library, Point
from voiceacu.dialogue.replies import Replies
from voiceacu.dialogue.state import Session, State


@dataclass(frozen=True, slots=True)
class Moment:
    """The knowledge, the same for the whole conversation, at one point in time.

    `say` is the phrase to suggest for each intent; `now` is in seconds of a monotonic clock.
    """

    library: Library
    say: Mapping[str, str]
    replies: Replies
    now: float

    def point(self, session: Session) -> Point:
        """The current point."""
        return self.library.point(session.point)

    def is_known(self, point_id: str) -> bool:
        """Whether this is one of the library's points."""
        return any(point.id == point_id for point in self.library.points)

    def side(self, session: Session, number: int | None = None) -> str:
        """A side of the current point as it is said: the current one, or that of a number."""
        point = self.point(session)
        if point.sides != "each":
            return self.replies.side(None, point.part)
        number = session.side if number is None else number
        return self.replies.side(1 - number if session.right_first else number, point.part)

    def remaining(self, state: State) -> float:
        """Seconds left of the current hold; 0 where there is none."""
        return state.clock.remaining(self.now) if state.clock is not None else 0.0


def number_of_sides(point: Point) -> int:
    """How many holds a point takes."""
    return 2 if point.sides == "each" else 1
