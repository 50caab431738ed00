"""Devices that come and go: the clock runs on, and nothing is said twice."""

from dataclasses import replace

from voiceacu.dialogue import flow, speech
from voiceacu.dialogue.actions import Chime, Earcon, Hush
from voiceacu.dialogue.events import DeviceLost, DeviceReturned
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment
from voiceacu.dialogue.state import State, line
from voiceacu.nlu.types import Phase

LOST_AGAIN = 60.0
"""Seconds in which a device that comes and goes is not told again."""

_LOST = frozenset({Key.MICROPHONE_LOST, Key.MICROPHONE_LOST_HOLD})


def lost(m: Moment, s: State, event: DeviceLost) -> State:
    """The clock runs on. Without a loudspeaker, what is to be said waits."""
    if event.device in s.lost:
        return s
    s = replace(s, lost=(*s.lost, event.device))
    if event.device == "loudspeaker":
        talking = s.speech.current is not None
        s = speech.cut(s)
        return flow.still(s if talking else s.emit(Hush()))
    s = speech.forget(s.emit(Chime(Earcon.DEVICE_LOST)), Key.MICROPHONE_BACK)
    if s.told_lost is not None and m.now - s.told_lost < LOST_AGAIN:
        return speech.say_next(m, s)
    holding = s.phase is Phase.HOLDING
    key = Key.MICROPHONE_LOST_HOLD if holding else Key.MICROPHONE_LOST
    return speech.remark(m, replace(s, told_lost=m.now), line(key, lasting=False))


def returned(m: Moment, s: State, event: DeviceReturned) -> State:
    """Say so shortly, or just go on speaking."""
    if event.device not in s.lost:
        return s
    s = replace(s, lost=tuple(device for device in s.lost if device != event.device))
    if event.device == "loudspeaker":
        return speech.say_next(m, s.emit(Chime(Earcon.HEARD)))
    queue = tuple(told for told in s.speech.queue if told.key not in _LOST)
    s = replace(s, speech=replace(s.speech, queue=queue))
    if s.told_lost is not None and m.now - s.told_lost < LOST_AGAIN and s.speech.current is None:
        return s.emit(Chime(Earcon.HEARD))
    return speech.remark(m, s, line(Key.MICROPHONE_BACK, lasting=False))
