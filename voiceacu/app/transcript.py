"""What happened in a conversation, in order: for the demonstration's text and picture."""

from dataclasses import dataclass, field
from typing import Literal

from voiceacu.dialogue import actions
from voiceacu.dialogue.events import SpeechFinished
from voiceacu.nlu.types import Intent, Understanding


@dataclass(slots=True)
class Span:
    """Something that lasted: a sentence or a hold, in seconds of device time."""

    kind: Literal["assistant", "talker", "hold"]
    start: float
    end: float
    text: str


@dataclass(slots=True)
class Transcript:
    """An observer that keeps every line and every span."""

    lines: list[tuple[float, str, str]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    heard: list[tuple[float, Intent]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    outcome: str = ""
    _speaking: tuple[int, Span] | None = None

    def note(self, now: float, what: object) -> None:
        """Take in one event, action or reading."""
        match what:
            case actions.Say(id=utterance, text=text):
                self._finish(now)
                self._speaking = (utterance, Span("assistant", now, now, text))
                self.lines.append((now, "assistant", text))
            case actions.Hush():
                self._finish(now)
            case SpeechFinished(id=utterance):
                if self._speaking is not None and self._speaking[0] == utterance:
                    self._finish(now)
            case Understanding(accepted=True, intent=intent) if intent is not None:
                self.heard.append((now, intent))
                self.lines.append((now, "heard", f"{what.text}  [{intent.name}]"))
            case Understanding(text=text):
                self.lines.append((now, "unclear", text))
            case actions.Record():
                self._record(now, what)

    def said(self, now: float, seconds: float, text: str) -> None:
        """The talker begins to say `text`."""
        self.spans.append(Span("talker", now, now + seconds, text))
        self.lines.append((now, "person", text))

    def _record(self, now: float, record: actions.Record) -> None:
        if record.what == "held":
            self.held.append(record.point)
            self.spans.append(Span("hold", now - record.seconds, now, record.point))
        if record.what == "ended":
            self.outcome = record.outcome

    def _finish(self, now: float) -> None:
        if self._speaking is not None:
            span = self._speaking[1]
            span.end = now
            self.spans.append(span)
            self._speaking = None

    def text(self) -> str:
        """One line each: minutes and seconds, who, what."""
        rows = (
            f"{int(at // 60):3d}:{at % 60:04.1f}  {who:9}  {text}" for at, who, text in self.lines
        )
        return "\n".join(rows) + "\n"
