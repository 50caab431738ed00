import time
from pathlib import Path

import numpy as np
import pytest

from voiceacu.audio.mixer import Mixer
from voiceacu.audio.port import Frame, NoLoudspeaker, NoMicrophone
from voiceacu.audio.soundcard import SoundCard
from voiceacu.audio.streams import Reblocker
from voiceacu.audio.wav import write_wav
from voiceacu.errors import UserError
from voiceacu.pcm import BLOCK, RATE, Samples

from .pulse import Pulse
from .sounds import tone

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def listen(card: SoundCard, seconds: float) -> list[Frame]:
    """The frames of so many seconds."""
    end, got = time.monotonic() + seconds, []
    while time.monotonic() < end:
        if (frame := card.read(0.05)) is not None:
            got.append(frame)
    return got


def wait_for_sound(card: SoundCard) -> None:
    """Until the first frame."""
    assert card.read(3.0) is not None


def loudest_hertz(samples: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * RATE / len(samples)


def test_it_hears_the_microphone_and_plays_the_mixer(pulse: Pulse, tmp_path: Path) -> None:
    write_wav(tmp_path / "said.wav", tone(700, 4.0))
    card, mixer = SoundCard(), Mixer()
    card.start(mixer.render)
    wait_for_sound(card)
    said, recorder = pulse.play(tmp_path / "said.wav"), pulse.record(tmp_path / "heard.raw")
    listen(card, 0.5)
    mixer.speak(1, tone(450, 1.5))
    frames = listen(card, 2.0)
    card.stop()
    said.kill()
    recorder.terminate()
    recorder.wait()
    said.wait()
    heard = np.concatenate([f.mic for f in frames])
    assert loudest_hertz(heard[RATE // 2 : RATE]) == pytest.approx(700, abs=3)
    played = np.frombuffer((tmp_path / "heard.raw").read_bytes(), np.int16).astype(np.float32)
    assert loudest_hertz(played[np.abs(played) > 100]) == pytest.approx(450, abs=3)
    assert mixer.finished() == [1]
    reference = np.concatenate([f.played for f in frames])
    assert loudest_hertz(reference[:RATE]) == pytest.approx(450, abs=3)
    steps = np.diff([f.time for f in frames])
    assert np.median(steps) == pytest.approx(0.01, abs=0.002)


def test_devices_are_found_by_a_part_of_their_name(pulse: Pulse) -> None:
    card = SoundCard("BED_MICRO", "bed_speaker")
    card.start(Mixer().render)
    wait_for_sound(card)
    card.stop()
    card.stop()


def test_an_unknown_device_lists_the_known_ones(pulse: Pulse) -> None:
    for card in (SoundCard("kitchen"), SoundCard(None, "kitchen")):
        with pytest.raises(UserError, match=r"'kitchen'.*bed_microphone, bed_speaker") as caught:
            card.start(Mixer().render)
        assert not isinstance(caught.value, NoMicrophone | NoLoudspeaker)


def test_a_microphone_alone_hears_and_a_loudspeaker_alone_plays(pulse: Pulse) -> None:
    card = SoundCard(plays=False)
    card.start(Mixer().render)
    wait_for_sound(card)
    assert all(not f.played.any() for f in listen(card, 0.3))
    card.stop()
    card, mixer = SoundCard(listens=False), Mixer()
    card.start(mixer.render)
    mixer.speak(4, tone(450, 0.2))
    assert listen(card, 0.8) == []
    assert mixer.finished() == [4]
    card.stop()


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_device_at_its_own_rate_sounds_the_same(rate: int) -> None:
    inward, outward = Reblocker(rate, RATE), Reblocker(RATE, rate)
    heard = []
    for block in tone(440, 2.0).reshape(-1, BLOCK):
        outward.feed(block)
        while (piece := outward.take(rate // 100)) is not None:
            inward.feed(piece)
            heard += list(inward.blocks())
    whole = np.concatenate(heard)
    assert len(whole) == pytest.approx(2 * RATE, abs=0.05 * RATE)
    assert loudest_hertz(whole) == pytest.approx(440, abs=1)
    assert np.abs(whole[RATE : RATE + 8000]).max() == pytest.approx(0.5, abs=0.01)
