import numpy as np
import pytest

from voiceacu.audio.acoustics import Convolver, convolve
from voiceacu.audio.delay import DelayLine
from voiceacu.audio.mixer import Mixer
from voiceacu.audio.port import SILENCE, Device
from voiceacu.audio.room import ASSISTANT_DB, Acoustics, SimulatedRoom, active_db
from voiceacu.pcm import BLOCK, RATE, Samples

from .sounds import noise, syllables, tone

QUIET = -120.0


def listen(room: SimulatedRoom, seconds: float) -> Samples:
    frames = [room.read(0.0) for _ in range(round(seconds * RATE / BLOCK))]
    return np.concatenate([f.mic for f in frames if f is not None])


def voiced_at(level: float, seconds: float) -> Samples:
    speech = noise(seconds)
    return speech * np.float32(10 ** ((level - active_db(speech)) / 20))


def test_the_talker_is_heard_when_and_as_loud_as_placed() -> None:
    room = SimulatedRoom(Acoustics(noise_db=QUIET, talker_db=-26.0))
    room.start(lambda: SILENCE)
    end = room.say(syllables(1.0), at=2.0)
    heard = listen(room, 4.0)
    assert end == pytest.approx(3.0)
    assert active_db(heard[: 2 * RATE]) < -100
    assert active_db(heard[2 * RATE : 3 * RATE]) == pytest.approx(-26.0, abs=1.5)


def test_a_whisper_is_as_much_lower_as_asked() -> None:
    room = SimulatedRoom(Acoustics(noise_db=QUIET, talker_db=-26.0))
    room.start(lambda: SILENCE)
    room.say(syllables(1.0), level=-15.0)
    assert active_db(listen(room, 1.0)) == pytest.approx(-41.0, abs=1.5)


@pytest.mark.parametrize("echo_db", [0.0, -10.0, -20.0])
def test_the_echo_has_its_level_and_delay(echo_db: float) -> None:
    room = SimulatedRoom(Acoustics(noise_db=QUIET, talker_db=-26.0, echo_db=echo_db, delay=0.1))
    mixer = Mixer()
    room.start(mixer.render)
    mixer.speak(1, voiced_at(ASSISTANT_DB, 2.0))
    heard = listen(room, 2.0)
    assert not np.abs(heard[: round(0.099 * RATE)]).max() > 1e-4
    assert np.abs(heard[round(0.1 * RATE) : round(0.12 * RATE)]).max() > 1e-3
    assert active_db(heard[RATE:]) == pytest.approx(-26.0 + echo_db, abs=1.5)


def test_headphones_leave_no_echo() -> None:
    room = SimulatedRoom(Acoustics(noise_db=QUIET, echo_db=None))
    mixer = Mixer()
    room.start(mixer.render)
    mixer.speak(1, noise(1.0))
    assert active_db(listen(room, 1.0)) < -100


@pytest.mark.parametrize("recorded", [None, noise(3.0)])
def test_the_background_has_its_level(recorded: Samples | None) -> None:
    room = SimulatedRoom(Acoustics(noise_db=-50.0), background=recorded)
    room.start(lambda: SILENCE)
    assert active_db(listen(room, 5.0)) == pytest.approx(-50.0, abs=1.0)


def test_the_same_seed_gives_the_same_sound_and_another_seed_another() -> None:
    def heard(seed: int) -> Samples:
        room, mixer = SimulatedRoom(seed=seed), Mixer()
        room.start(mixer.render)
        room.say(syllables(0.5), at=0.2)
        mixer.speak(1, noise(0.5))
        return listen(room, 1.0)

    np.testing.assert_array_equal(heard(1), heard(1))
    assert np.abs(heard(1) - heard(2)).max() > 0.001


def test_drift_moves_the_echo_by_its_rate() -> None:
    def echo_of_late_click(ppm: float) -> int:
        room = SimulatedRoom(
            Acoustics(rt60=0, noise_db=QUIET, echo_db=0.0, delay=0.1, drift_ppm=ppm), record=False
        )
        mixer = Mixer()
        room.start(mixer.render)
        listen(room, 20.0)
        mixer.speak(1, tone(1000, 0.05))
        return int(np.argmax(np.abs(listen(room, 0.5)) > 0.05))

    # 1000 ppm in 20.1 s: 20.1 ms earlier.
    assert echo_of_late_click(0) - echo_of_late_click(1000) == pytest.approx(322, abs=4)


def test_the_recording_has_the_talker_left_and_the_assistant_right() -> None:
    room, mixer = SimulatedRoom(Acoustics(echo_db=0.0)), Mixer()
    room.start(mixer.render)
    room.say(syllables(0.5), at=0.0)
    listen(room, 2.0)
    mixer.speak(1, tone(400, 0.5))
    listen(room, 1.0)
    left, right = room.recording().T
    assert len(left) == 3 * RATE
    assert active_db(left[: RATE // 2]) > -40
    assert active_db(left[2 * RATE :]) < -90
    assert not right[: 2 * RATE].any()
    assert active_db(right[2 * RATE :]) > -20


def test_it_ends_when_told() -> None:
    room: Device = SimulatedRoom(until=0.05)
    assert room.read(0.0) is None
    room.start(lambda: SILENCE)
    times = [frame.time for frame in iter(lambda: room.read(0.0), None)]
    assert times == pytest.approx([0.0, 0.01, 0.02, 0.03, 0.04])
    assert room.now() == pytest.approx(0.05)
    assert isinstance(room, SimulatedRoom)
    assert room.ended


def test_convolution_block_by_block_is_the_whole_convolution() -> None:
    sound, response = noise(0.5), noise(0.071, seed=1)
    convolver = Convolver(response)
    blocks = [convolver.feed(b) for b in np.append(sound, np.zeros(1600, "f")).reshape(-1, BLOCK)]
    whole = convolve(sound, response)
    np.testing.assert_allclose(np.concatenate(blocks)[: len(whole)], whole, atol=1e-4)


@pytest.mark.parametrize("delay", [0.0, 37.0, 40.25, 123.5])
def test_a_delay_line_delays_by_parts_of_a_sample(delay: float) -> None:
    line, sound = DelayLine(0.1), tone(700, 1.0)
    heard = []
    for block in sound.reshape(-1, BLOCK):
        line.write(block)
        heard.append(line.read(delay))
    at = np.arange(4000, 12000)
    expected = 0.5 * np.sin(2 * np.pi * 700 * (at - delay) / RATE)
    np.testing.assert_allclose(np.concatenate(heard)[at], expected, atol=0.002)
