import numpy as np
import pytest

from voiceacu.audio.check import check_echo, check_level, measure_echo, measure_level
from voiceacu.audio.room import Acoustics, SimulatedRoom
from voiceacu.errors import UserError

from .sounds import tone


def test_the_level_of_a_room_is_measured() -> None:
    room = SimulatedRoom(Acoustics(noise_db=-55.0))
    assert measure_level(room).noise_db == pytest.approx(-55.0, abs=1.5)
    assert "-55 dBFS" in check_level(SimulatedRoom(Acoustics(noise_db=-55.0)))


def test_a_muted_and_an_overdriven_microphone_are_named() -> None:
    with pytest.raises(UserError, match="unmute"):
        check_level(SimulatedRoom(Acoustics(noise_db=-140.0)))
    loud = SimulatedRoom(background=np.sign(tone(100, 1.0)), acoustics=Acoustics(noise_db=0.0))
    with pytest.raises(UserError, match="overdriven"):
        check_level(loud)


def test_a_microphone_that_sends_nothing_is_named() -> None:
    with pytest.raises(UserError, match="sends nothing"):
        check_level(SimulatedRoom(until=0.0))


@pytest.mark.parametrize(("echo_db", "delay"), [(0.0, 0.08), (-10.0, 0.15), (-20.0, 0.3)])
def test_the_echo_is_found_with_its_delay(echo_db: float, delay: float) -> None:
    path = measure_echo(SimulatedRoom(Acoustics(echo_db=echo_db, delay=delay), seed=1))
    assert path.delay == pytest.approx(delay, abs=0.003)
    # In this room the assistant at -23 dBFS arrives at -26 dBFS + echo_db.
    assert path.level_db == pytest.approx(echo_db - 3.0, abs=5.0)


def test_headphones_give_no_echo() -> None:
    room = SimulatedRoom(Acoustics(echo_db=None))
    assert measure_echo(room).delay is None
    assert "headphones" in check_echo(SimulatedRoom(Acoustics(echo_db=None)))
