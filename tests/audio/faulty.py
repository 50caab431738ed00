"""A whole session of the assistant on a sound server that is harassed while it runs."""

import queue
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from voiceacu.app.assistant import Assistant
from voiceacu.app.compose import open_ears, open_voice
from voiceacu.app.knowledge import load_knowledge
from voiceacu.app.mouth import SpokenMouth
from voiceacu.audio.mixer import Mixer
from voiceacu.audio.port import DeviceChange, Frame, Render
from voiceacu.audio.soundcard import SoundCard
from voiceacu.audio.wav import write_wav
from voiceacu.content.model import Library
from voiceacu.dialogue.actions import Chime, Earcon, Record, Say
from voiceacu.dialogue.events import SpeechFinished, Started
from voiceacu.nlu.types import Heard, Phase, Understanding
from voiceacu.settings import Settings

from .pulse import Pulse
from .sounds import noise, tone

KINDS = (
    "microphone unloaded",
    "microphone suspended",
    "loudspeaker suspended",
    "server killed and started again",
    "another default microphone",
    "another default loudspeaker",
)

PUSHED = {
    Phase.IDLE: "start routine",
    Phase.SAFETY: "not pregnant",
    Phase.GUIDING: "ready",
    Phase.READY: "ready",
}
"""What is typed to be in a hold soon."""

PATIENCE = 30.0
"""Seconds within which sound must flow again."""

PATIENCE_HOLD = 90.0
"""Seconds after the last fault within which a hold must have ended."""

_AUDIBLE = 100
"""A 16-bit sample above this is no silence."""

_SOON = 30.0
"""Seconds within which no sentence is to be heard twice."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What was done to the devices, and the seconds from its end until both sides worked again;
    infinite where they did not."""

    kind: str
    recovery: float


@dataclass(slots=True)
class Watch:
    """An observer that takes the times of holds and sentences with a clock of its own."""

    library: Library
    holds: list[float] = field(default_factory=list)
    """How much longer than asked for each hold took, in seconds."""

    repeated: list[str] = field(default_factory=list)
    """Sentences that were spoken to their end twice soon after one another."""

    obeyed: list[str] = field(default_factory=list)
    """What it took for a command, though nobody spoke."""

    _heard: str = ""
    _began: float = 0.0
    _saying: Say | None = None
    _said: dict[str, float] = field(default_factory=dict)

    def note(self, now: float, what: object) -> None:
        """Take in one event or action."""
        at = time.monotonic()
        match what:
            case Heard(text=text):
                self._heard = text
            case Understanding(text=text, accepted=True) if text == self._heard:
                self.obeyed.append(text)
            case Chime(Earcon.HOLD_START):
                self._began = at
            case Record(what="held", point=point):
                asked = self.library.point(point).hold.default
                self.holds.append(at - self._began - asked)
            case Say():
                self._saying = what
            case SpeechFinished(id=id) if self._saying is not None and self._saying.id == id:
                text = self._saying.text
                if at - self._said.get(text, -_SOON) < _SOON:
                    self.repeated.append(text)
                self._said[text] = at


class Listening:
    """A SoundCard that tells when it last heard something."""

    def __init__(self, card: SoundCard) -> None:
        self._card = card
        self.heard = 0.0

    def start(self, render: Render) -> None:
        self._card.start(render)

    def read(self, timeout: float) -> Frame | None:
        frame = self._card.read(timeout)
        if frame is not None and frame.mic.any():
            self.heard = time.monotonic()
        return frame

    def now(self) -> float:
        return self._card.now()

    def changes(self) -> list[DeviceChange]:
        return self._card.changes()

    def stop(self) -> None:
        self._card.stop()


class Lines:
    """A keyboard."""

    ended = False

    def __init__(self) -> None:
        self.queue: queue.SimpleQueue[str] = queue.SimpleQueue()

    def take(self) -> list[str]:
        """The next line, if one came."""
        return [] if self.queue.empty() else [self.queue.get()]


class Surroundings:
    """What is around the assistant: noise in the microphone, an ear at the loudspeaker."""

    def __init__(self, pulse: Pulse, folder: Path, mixer: Mixer, device: Listening) -> None:
        self._pulse, self._mixer, self._device = pulse, mixer, device
        self._folder, self._noise = folder, folder / "noise.wav"
        write_wav(self._noise, noise(1200.0, 1e-3))
        self._attach()

    def _attach(self) -> None:
        # Without a second microphone PulseAudio would put the loudspeaker's monitor in the place
        # of the one that goes.
        self._load("module-remap-source", "master=mic.monitor", "source_name=other_microphone")
        self._load("module-null-sink", "sink_name=other_speaker")
        self._heard = self._folder / f"heard{time.monotonic_ns()}.raw"
        self._heard.touch()
        self._tools = [self._pulse.play(self._noise), self._pulse.record(self._heard)]

    def _load(self, *module: str) -> None:
        self._pulse.control("load-module", *module)
        self._pulse.control("set-default-source", "microphone")
        self._pulse.control("set-default-sink", "spk")

    def close(self) -> None:
        """End both."""
        for tool in self._tools:
            tool.kill()
            tool.wait()

    @contextmanager
    def fault(self, kind: str) -> Iterator[None]:
        """Something is wrong with the devices inside."""
        pulse = self._pulse.control
        match kind:
            case "microphone unloaded":
                modules = pulse("list", "short", "modules").stdout.splitlines()
                number = next(m.split()[0] for m in modules if "source_name=microphone" in m)
                pulse("unload-module", number)
                yield
                self._load("module-remap-source", "master=mic.monitor", "source_name=microphone")
            case "microphone suspended" | "loudspeaker suspended":
                what = ("source", "microphone") if kind.startswith("m") else ("sink", "spk")
                pulse(f"suspend-{what[0]}", what[1], "1")
                yield
                pulse(f"suspend-{what[0]}", what[1], "0")
            case "server killed and started again":
                self._pulse.kill()
                self.close()
                yield
                self._pulse.start()
                self._attach()
            case "another default microphone":
                pulse("set-default-source", "other_microphone")
                yield
                pulse("set-default-source", "microphone")
            case "another default loudspeaker":
                pulse("set-default-sink", "other_speaker")
                yield
                pulse("set-default-sink", "spk")

    def recovery(self) -> float:
        """Seconds from now until the microphone hears and the loudspeaker sounds."""
        began, seen = time.monotonic(), self._heard.stat().st_size // 2 * 2
        while time.monotonic() < began + PATIENCE:
            self._mixer.chime(tone(1000, 0.1, 0.1))
            time.sleep(0.2)
            recorded = self._heard.read_bytes()[seen:]
            sounds = np.frombuffer(recorded[: len(recorded) // 2 * 2], np.int16)
            if self._device.heard > began + 0.1 and np.any(np.abs(sounds) > _AUDIBLE):
                return time.monotonic() - began
        return float("inf")


def harassed(pulse: Pulse, folder: Path, kinds: list[str], seed: int) -> tuple[list[Fault], Watch]:
    """A routine during which these faults happen, one after another."""
    rng = random.Random(seed)
    settings = Settings(cache=folder)
    knowledge = load_knowledge(settings)
    mixer, device, lines = Mixer(), Listening(SoundCard()), Lines()
    watch = Watch(knowledge.library)

    def harass() -> list[Fault]:
        faults = []
        for kind in kinds:
            time.sleep(1.0)
            if assistant.phase in PUSHED:
                lines.queue.put(PUSHED[assistant.phase])
            with around.fault(kind):
                time.sleep(rng.uniform(0.5, 4.0))
            faults.append(Fault(kind, around.recovery()))
            time.sleep(rng.uniform(0.0, 2.5))
        end = time.monotonic() + PATIENCE_HOLD
        while not watch.holds and time.monotonic() < end:
            time.sleep(0.2)
        return faults

    with ExitStack() as opened:
        voice = opened.enter_context(closing(open_voice(settings)))
        device.start(mixer.render)
        opened.callback(device.stop)
        around = opened.enter_context(closing(Surroundings(pulse, folder, mixer, device)))
        assistant = Assistant(
            knowledge.coach(),
            knowledge.table,
            device,
            ears=open_ears(settings, knowledge.table),
            mouth=SpokenMouth(voice, mixer),
            typed=lines,
            observer=watch,
        )
        assistant.greet(Started(datetime.now()))
        faults = opened.enter_context(ThreadPoolExecutor(1)).submit(harass)
        while not faults.done():
            assistant.turn()
        return faults.result(), watch
