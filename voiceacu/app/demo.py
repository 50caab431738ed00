"""`voiceacu demo`: a whole spoken session in the simulated room, with the real recogniser.

The assistant that runs is the one of `listen`; only the device differs. A simulated person, a
second synthetic voice, says the lines of `demo.yaml` when the conversation gets there.
"""

from argparse import Namespace
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from tqdm import tqdm

from voiceacu.app.assistant import Assistant
from voiceacu.app.compose import open_ears, open_voice
from voiceacu.app.knowledge import load_knowledge
from voiceacu.app.mouth import SpokenMouth
from voiceacu.app.timeline import draw_timeline
from voiceacu.app.transcript import Transcript
from voiceacu.audio.mixer import Mixer
from voiceacu.audio.room import Acoustics, SimulatedRoom
from voiceacu.audio.wav import write_wav
from voiceacu.content.yaml_file import read_yaml, validate
from voiceacu.dialogue.events import Started
from voiceacu.errors import UserError
from voiceacu.nlu.types import Phase
from voiceacu.pcm import RATE, Samples
from voiceacu.settings import Settings

LONGEST = 3600.0
"""Seconds of room time after which a session that does not end is given up."""

PATIENCE = 3.0
"""Seconds within which a command must have been understood after it was said."""


class Line(BaseModel):
    """What the person says, once the conversation was `after` seconds in `phase`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    phase: Phase
    after: float
    say: str


class Person(BaseModel):
    """The simulated person's voice; `pace` in words a minute."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    voice: str
    pace: int


class Script(BaseModel):
    """A demonstration: the room, the person and the lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    room: Acoustics
    talker: Person
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A line that was said: when it ended, and what should be understood."""

    text: str
    start: float
    end: float
    intent: str

    def is_answered(self, at: float) -> bool:
        """Whether what is heard at this moment can be this line."""
        return self.start <= at <= self.end + PATIENCE


class Talker:
    """Says the lines in order, each when the conversation gets there."""

    def __init__(self, lines: tuple[Line, ...], sounds: list[Samples], room: SimulatedRoom) -> None:
        self._waiting = deque(zip(lines, sounds, strict=True))
        self._room = room
        self._phase: Phase | None = None
        self._since = 0.0

    @property
    def unsaid(self) -> int:
        """Lines whose moment has not come."""
        return len(self._waiting)

    def attend(self, phase: Phase) -> tuple[Line, float, float] | None:
        """Say the next line if its moment has come; gives it with its start and end."""
        now = self._room.now()
        if phase is not self._phase:
            self._phase, self._since = phase, max(now, self._since)
        if not self._waiting:
            return None
        line, sound = self._waiting[0]
        if line.phase is not phase or now - self._since < line.after:
            return None
        self._waiting.popleft()
        self._room.say(sound)
        self._since = now + len(sound) / RATE
        return line, now, self._since


def demo(settings: Settings, arguments: Namespace) -> int:
    """Run the session, write its sound, text and picture; 1 where it was not complete, or where
    something was heard that nobody said."""
    knowledge = load_knowledge(settings)
    path = settings.language / "demo.yaml"
    script = validate(read_yaml(path), Script, path)
    room = SimulatedRoom(script.room)
    talker = Talker(script.lines, _render_talker(script, settings), room)
    transcript = Transcript()
    with closing(open_voice(settings)) as voice:
        mixer = Mixer()
        mouth = SpokenMouth(voice, mixer)
        assistant = Assistant(
            knowledge.coach(),
            knowledge.table,
            room,
            ears=open_ears(settings, knowledge.table),
            mouth=mouth,
            observer=transcript,
        )
        room.start(mixer.render)
        assistant.greet(Started(datetime.now()))
        commands = []
        for line, start, end in _play(assistant, mouth, room, talker):
            meaning = knowledge.table.understand(line.say, line.phase).intent
            commands.append(Command(line.say, start, end, meaning.name if meaning else ""))
            transcript.said(start, end - start, line.say)
    _write(arguments.out, room, transcript)
    return _report(arguments.out, transcript, commands, talker.unsaid)


def _render_talker(script: Script, settings: Settings) -> list[Samples]:
    with closing(open_voice(settings, script.talker.voice)) as voice:
        return [voice.render(line.say, script.talker.pace) for line in script.lines]


def _play(
    assistant: Assistant, mouth: SpokenMouth, room: SimulatedRoom, talker: Talker
) -> Iterator[tuple[Line, float, float]]:
    """Let both converse until the routine has ended; gives each line as it is said."""
    with tqdm(
        desc="session", bar_format="{desc}: {n:.0f} s of room time", disable=None
    ) as progress:
        while room.now() < LONGEST and not _finished(assistant, mouth):
            assistant.turn()
            progress.update(room.now() - progress.n)
            said = talker.attend(assistant.phase)
            if said is not None:
                yield said


def _finished(assistant: Assistant, mouth: SpokenMouth) -> bool:
    return assistant.over or (assistant.phase is Phase.FINISHED and not mouth.speaking())


def _write(folder: Path, room: SimulatedRoom, transcript: Transcript) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_wav(folder / "session.wav", room.recording())
        (folder / "transcript.txt").write_text(transcript.text(), encoding="utf-8")
        draw_timeline(transcript, "A session in the simulated room", folder / "timeline.png")
    except OSError as error:
        raise UserError(
            f"{folder}: cannot be written ({error.strerror}); choose another --out"
        ) from error


def _report(folder: Path, transcript: Transcript, commands: list[Command], unsaid: int) -> int:
    missed = [command for command in commands if not _was_heard(command, transcript)]
    unspoken = list(_heard_in_silence(commands, transcript))
    points = list(dict.fromkeys(transcript.held))
    minutes = transcript.lines[-1][0] / 60
    print(f"{minutes:.1f} minutes, {len(points)} points held: {', '.join(points)}")
    print(f"{len(commands) - len(missed)} of {len(commands) + unsaid} commands heard")
    for command in missed:
        print(f"  missed at {command.start:.1f} s: {command.text}")
    for at, text in unspoken:
        print(f"  heard at {at:.1f} s, though nobody spoke: {text}")
    print(f"outcome: {transcript.outcome}; see {folder}")
    complete = transcript.outcome == "completed"
    return 0 if complete and not (missed or unspoken or unsaid) else 1


def _was_heard(command: Command, transcript: Transcript) -> bool:
    return any(
        intent.name == command.intent and command.is_answered(at) for at, intent in transcript.heard
    )


def _heard_in_silence(
    commands: list[Command], transcript: Transcript
) -> Iterator[tuple[float, str]]:
    """What was taken for speech, understood or not, while the person was silent."""
    for at, who, text in transcript.lines:
        spoken = any(command.is_answered(at) for command in commands)
        if who in ("heard", "unclear") and not spoken:
            yield at, text
