"""Is the device fit for use: does the microphone hear, and how does the own sound come back?"""

from dataclasses import dataclass

import numpy as np

from voiceacu.audio.align import EchoFinder
from voiceacu.audio.mixer import Mixer
from voiceacu.audio.port import Device, Frame
from voiceacu.errors import UserError
from voiceacu.pcm import BLOCK, RATE, Samples, level_db

_PATIENCE = 3.0
_SETTLE = 0.3
_SWEEP = 1.5
_SWEEP_LEVEL = 0.06
_SILENT_DB = -95.0
_CLIPPED = 0.99


@dataclass(frozen=True, slots=True)
class Level:
    """What a microphone hears in a quiet moment, in dBFS; `loudest` is the peak."""

    noise_db: float
    loudest_db: float


@dataclass(frozen=True, slots=True)
class EchoPath:
    """How the own sound comes back: after `delay` seconds, `level_db` relative to what was
    played. `delay` is None where none of it was heard."""

    delay: float | None
    level_db: float


def measure_level(device: Device, seconds: float = 1.0) -> Level:
    """Listen for `seconds`. The device is opened and closed here; raises what opening raises,
    and UserError where nothing comes."""
    device.start(Mixer().render)
    try:
        heard = np.concatenate([f.mic for f in _listen(device, _SETTLE + seconds)])
    finally:
        device.stop()
    heard = heard[round(_SETTLE * RATE) :]
    peak = float(np.abs(heard).max())
    return Level(level_db(heard), float(20 * np.log10(peak + 1e-5)))


def measure_echo(device: Device) -> EchoPath:
    """Play a soft sweep and look for it in the microphone; opens and closes like
    `measure_level`."""
    mixer = Mixer()
    device.start(mixer.render)
    try:
        before = _listen(device, _SETTLE)
        mixer.chime(_sweep())
        during = _listen(device, _SWEEP + 0.6)
    finally:
        device.stop()
    mic = np.concatenate([f.mic for f in during])
    played = np.concatenate([f.played for f in during])
    finder, window = EchoFinder(), EchoFinder.WINDOW
    # The looks begin with the sweep: before it there was nothing.
    heard, sent = (np.pad(sound, (window, 0)) for sound in (mic, played))
    delays = []
    for end in range(window + 50 * BLOCK, len(heard), 10 * BLOCK):
        finder.look(heard[end - window : end], sent[end - window : end])
        delays += [] if finder.delay is None else [finder.delay]
    noise = np.mean(np.concatenate([f.mic for f in before]) ** 2)
    echo = max(float(np.mean(mic**2) - noise), 1e-10)
    back = float(10 * np.log10(echo / max(float(np.mean(played**2)), 1e-10)))
    # One chance likeness is no echo; most of the looks at a real one agree.
    if len(delays) < 3 or np.ptp(np.sort(delays)[len(delays) // 4 : -len(delays) // 4]) > BLOCK:  # noqa: PLR2004
        return EchoPath(None, back)
    return EchoPath(float(np.median(delays)) / RATE, back)


def check_level(device: Device) -> str:
    """A line on what the microphone hears; raises UserError where it is deaf or overdriven."""
    level = measure_level(device)
    if level.loudest_db < _SILENT_DB:
        raise UserError("the microphone gives nothing but silence; unmute it")
    if level.loudest_db > 20 * np.log10(_CLIPPED):
        raise UserError("the microphone is overdriven; lower its level")
    return f"room at {level.noise_db:.0f} dBFS, loudest {level.loudest_db:.0f} dBFS"


def check_echo(device: Device) -> str:
    """A line on how the own voice comes back."""
    path = measure_echo(device)
    if path.delay is None:
        return "the own sound is not heard: headphones, or a loudspeaker that is off"
    return f"the own sound comes back after {path.delay * 1000:.0f} ms, {path.level_db:+.0f} dB"


def _listen(device: Device, seconds: float) -> list[Frame]:
    """Frames for so many seconds; raises UserError where none come."""
    frames: list[Frame] = []
    while len(frames) * BLOCK < seconds * RATE:
        frame = device.read(_PATIENCE)
        if frame is None:
            raise UserError("the microphone sends nothing; choose another, or plug it in again")
        frames.append(frame)
    return frames


def _sweep() -> Samples:
    """A soft glide from 200 to 7000 Hz."""
    time = np.arange(round(_SWEEP * RATE)) / RATE
    ratio = np.log(7000 / 200)
    angle = 2 * np.pi * 200 * _SWEEP / ratio * (np.exp(time / _SWEEP * ratio) - 1)
    shape = np.minimum(1, np.minimum(time, _SWEEP - time) / 0.1)
    sweep: Samples = (_SWEEP_LEVEL * shape * np.sin(angle)).astype(np.float32)
    return sweep
