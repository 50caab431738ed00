import numpy as np
import pytest

from voiceacu.audio.frontend import FrontEnd
from voiceacu.audio.port import frames
from voiceacu.audio.room import Acoustics, SimulatedRoom
from voiceacu.pcm import RATE, Samples

from .sounds import noise, syllables


def voiced_spans(samples: Samples) -> list[tuple[float, float]]:
    """Start and end, in seconds, of each stretch in which somebody speaks."""
    front, spans, start = FrontEnd(), [], None
    for frame in frames(samples, tail=1.0):
        block = front.process(frame)
        if block.voiced and start is None:
            start = block.time
        if not block.voiced and start is not None:
            spans.append((start, block.time))
            start = None
    assert start is None
    return spans


def in_room(level: float, noise_db: float) -> Samples:
    """Ten seconds of a bedroom in which somebody speaks from 5.0 to 6.0."""
    room = SimulatedRoom(Acoustics(talker_db=level, noise_db=noise_db), until=10.0)
    room.start(lambda: np.zeros(160, np.float32))
    room.say(syllables(1.0), at=5.0)
    return np.concatenate([f.mic for f in iter(lambda: room.read(0.0), None)])


@pytest.mark.parametrize(("level", "noise_db"), [(-26, -65), (-26, -45), (-40, -70), (-50, -75)])
def test_speech_is_found_where_it_is_and_nowhere_else(level: float, noise_db: float) -> None:
    spans = voiced_spans(in_room(level, noise_db))
    assert spans[0][0] == pytest.approx(5.0, abs=0.2)
    assert spans[-1][1] == pytest.approx(6.0, abs=0.5)


@pytest.mark.parametrize("rms", [0.0, 0.001, 0.01, 0.05])
def test_steady_noise_is_nobody_speaking_once_it_is_known(rms: float) -> None:
    spans = voiced_spans(noise(20.0, rms))
    assert all(end < 3.5 for _, end in spans)


def test_a_short_click_does_not_open() -> None:
    sound = noise(3.0, 0.0005)
    sound[RATE : RATE + 80] = 0.5
    assert voiced_spans(sound) == []


def test_samples_and_times_pass_unchanged_when_nothing_plays() -> None:
    sound = noise(0.1)
    blocks = [FrontEnd().process(f) for f in frames(sound)]
    np.testing.assert_array_equal(np.concatenate([b.samples for b in blocks]), sound)
    assert [b.time for b in blocks] == pytest.approx([i / 100 for i in range(10)])
