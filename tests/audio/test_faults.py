"""Devices that come and go, on a real sound server."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from voiceacu.audio.frontend import Block, FrontEnd
from voiceacu.audio.mixer import Mixer
from voiceacu.audio.port import DeviceChange
from voiceacu.audio.soundcard import SoundCard
from voiceacu.tts.voice import Voice

from .faulty import KINDS, harassed
from .pulse import Pulse
from .sounds import tone

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def run(card: SoundCard, seconds: float) -> tuple[int, list[DeviceChange]]:
    """Let time pass as the app does: how many frames came, and what changed."""
    end, frames, changes = time.monotonic() + seconds, 0, []
    while time.monotonic() < end:
        began = time.monotonic()
        frames += card.read(0.02) is not None
        assert time.monotonic() - began < 0.4, "the loop must keep time"
        changes += card.changes()
    return frames, changes


def returned(card: SoundCard, devices: set[str], seconds: float = 20.0) -> bool:
    """Whether these devices return within so many seconds."""
    end = time.monotonic() + seconds
    while devices and time.monotonic() < end:
        devices = devices - {c.device for c in run(card, 0.1)[1] if not c.lost}
    return not devices


def unplug(pulse: Pulse) -> None:
    """Take the only microphone away; the loudspeaker's monitor is what is left."""
    modules = pulse.control("list", "short", "modules").stdout.splitlines()
    number = next(m.split()[0] for m in modules if "source_name=microphone" in m)
    pulse.control("set-default-source", "spk.monitor")
    pulse.control("unload-module", number)


@pytest.fixture
def card(pulse: Pulse) -> Iterator[SoundCard]:
    card = SoundCard()
    card.start(Mixer().render)
    assert run(card, 1.0)[0] > 50
    yield card
    card.stop()


def test_a_suspended_microphone_is_lost_and_returns(pulse: Pulse, card: SoundCard) -> None:
    pulse.control("suspend-source", "microphone", "1")
    assert run(card, 3.0)[1] == [DeviceChange("microphone", lost=True)]
    pulse.control("suspend-source", "microphone", "0")
    assert returned(card, {"microphone"})
    assert run(card, 1.0)[0] > 80


def test_a_killed_server_that_comes_back_is_used_again(pulse: Pulse, card: SoundCard) -> None:
    pulse.kill()
    changes = run(card, 3.0)[1]
    assert {c.device for c in changes if c.lost} == {"microphone", "loudspeaker"}
    pulse.start()
    assert returned(card, {"microphone", "loudspeaker"})
    assert run(card, 1.0)[0] > 80


def test_sentences_end_in_time_while_the_loudspeaker_is_away(pulse: Pulse) -> None:
    card, mixer = SoundCard(), Mixer()
    card.start(mixer.render)
    run(card, 0.5)
    pulse.kill()
    run(card, 1.0)
    mixer.speak(5, tone(440, 1.0))
    began = time.monotonic()
    finished: list[int] = []
    while not finished and time.monotonic() - began < 5:
        card.read(0.02)
        finished += mixer.finished()
    assert finished == [5]
    assert time.monotonic() - began == pytest.approx(1.0, abs=0.7)
    pulse.start()
    card.stop()


def test_another_default_does_not_end_anything(pulse: Pulse, card: SoundCard) -> None:
    pulse.control("load-module", "module-null-sink", "sink_name=other")
    pulse.control("set-default-sink", "other")
    run(card, 1.0)
    assert run(card, 2.0)[0] > 150
    pulse.control("set-default-sink", "spk")
    assert run(card, 2.0)[0] > 150


def test_the_own_voice_in_a_monitor_is_soon_known_for_what_it_is(pulse: Pulse) -> None:
    """PulseAudio gives the monitor to a stream whose microphone went; nothing tells of it."""
    voice = Voice(None)
    sentence = voice.render("The microphone is back. Press there with both thumbs.", 150)
    voice.close()
    card, mixer, front = SoundCard(), Mixer(), FrontEnd()
    card.start(mixer.render)

    def speak(seconds: float) -> list[Block]:
        blocks, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            if not mixer.speaking:
                mixer.speak(0, sentence)
            if (frame := card.read(0.02)) is not None:
                blocks.append(front.process(frame))
        return blocks

    speak(4.0)
    unplug(pulse)
    own = [block.voiced for block in speak(9.0)]
    card.stop()
    assert front.delay is not None
    assert sum(own) < 120, "a second, and nothing more"
    assert not any(own[-300:])
    pulse.kill()
    pulse.start()


@pytest.mark.timeout(300)
def test_a_session_outlives_every_fault_and_keeps_the_time(pulse: Pulse, tmp_path: Path) -> None:
    kinds = [*KINDS, KINDS[3]]
    random.Random(4).shuffle(kinds)
    faults, watch = harassed(pulse, tmp_path, kinds, seed=4)
    assert [fault for fault in faults if fault.recovery > 15] == []
    assert watch.holds
    assert max(map(abs, watch.holds)) <= 0.5
    assert watch.repeated == []
