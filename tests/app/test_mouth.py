"""How loud what is said, chimed and breathed comes out."""

import numpy as np
import pytest

from voiceacu.app.mouth import NIGHT, SpokenMouth
from voiceacu.audio.mixer import Mixer
from voiceacu.dialogue.actions import Action, Breathe, Chime, Earcon, Say, SetVolume
from voiceacu.pcm import RATE, Samples


class Hum:
    """A voice that says everything in the same way."""

    def warnings(self) -> tuple[str, ...]:
        return ()

    def render(self, text: str, words_per_minute: int) -> Samples:
        return np.full(RATE, 0.05, np.float32)


def loudness(*requests: Action, night: bool) -> float:
    """Of the second after these requests, in dB."""
    mixer = Mixer()
    mouth = SpokenMouth(Hum(), mixer, night=night)
    mixer.render()
    for request in requests:
        if isinstance(request, Say):
            mouth.say(request)
        else:
            mouth.perform(request)
            if isinstance(request, SetVolume):
                mixer.render()
    sound = np.concatenate([mixer.render() for _ in range(100)])
    return float(10 * np.log10(np.mean(sound**2)))


@pytest.mark.parametrize("request_", [Say(1, "Hello."), Chime(Earcon.HOLD_END), Breathe(4.0, 6.0)])
def test_at_night_everything_is_quieter(request_: Action) -> None:
    change = loudness(request_, night=True) - loudness(request_, night=False)
    assert change == pytest.approx(NIGHT, abs=0.1)
    assert NIGHT <= -6


def test_at_night_louder_is_still_louder() -> None:
    louder = loudness(SetVolume(6.0), Say(1, "Hello."), night=True)
    assert louder - loudness(Say(1, "Hello."), night=True) == pytest.approx(6.0, abs=0.1)
