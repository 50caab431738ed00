"""Which of the machine's devices is meant by a name, or by none."""

from voiceacu.audio.port import NoLoudspeaker, NoMicrophone
from voiceacu.audio.streams import CannotOpen, DeviceName, loudspeakers, microphones, portaudio
from voiceacu.errors import UserError


def find_microphone(name: str | None) -> DeviceName:
    """The microphone of this name; None: the system's. Raises NoMicrophone where there is none
    at all, UserError (with the names there are) where none is called so."""
    try:
        known = microphones()
        default = portaudio().default.device[0]
    except CannotOpen as error:
        raise NoMicrophone(str(error)) from error
    if not known:
        raise NoMicrophone("sound: no microphone found; plug one in, or type instead")
    return _choose(known, name, default, "microphone")


def find_loudspeaker(name: str | None) -> DeviceName:
    """The loudspeaker of this name; as `find_microphone`, with NoLoudspeaker."""
    try:
        known = loudspeakers()
        default = portaudio().default.device[1]
    except CannotOpen as error:
        raise NoLoudspeaker(str(error)) from error
    if not known:
        raise NoLoudspeaker("sound: no loudspeaker found; plug one in, or read along")
    return _choose(known, name, default, "loudspeaker")


def _choose(known: list[DeviceName], name: str | None, default: int, kind: str) -> DeviceName:
    if name is None:
        return next((d for d in known if d.index == default), known[0])
    wanted = name.casefold()
    exact = [d for d in known if d.name.casefold() == wanted]
    partly = [d for d in known if wanted in d.name.casefold()]
    if exact or partly:
        return (exact or partly)[0]
    names = ", ".join(d.name for d in known)
    raise UserError(f"{kind} {name!r}: no such device; there are: {names}")
