"""Opens the rooms that sound and hear, from the settings."""

import sys
from dataclasses import dataclass

from voiceacu.app.ears import DuplexEars
from voiceacu.app.silence import NoSound
from voiceacu.asr.listener import Listener
from voiceacu.asr.models import find_model
from voiceacu.asr.recogniser import Recogniser
from voiceacu.audio.frontend import Echo, FrontEnd
from voiceacu.audio.mixer import Mixer
from voiceacu.audio.port import Device, NoLoudspeaker, NoMicrophone
from voiceacu.audio.soundcard import SoundCard
from voiceacu.nlu.phrases import PhraseTable
from voiceacu.settings import Settings
from voiceacu.tts.voice import VOICE, Voice


@dataclass(frozen=True, slots=True)
class Sound:
    """An open device, and which of its sides are there."""

    device: Device
    hears: bool
    plays: bool


def open_ears(settings: Settings, table: PhraseTable) -> DuplexEars:
    """Load the model; raises UserError where there is none that fits."""
    recogniser = Recogniser(find_model(settings.model), table)
    listener = Listener(recogniser, table)
    return DuplexEars(FrontEnd(_echo(settings)), listener, echo=not settings.headphones)


def _echo(settings: Settings) -> Echo:
    if settings.headphones:
        return Echo.HEADPHONES
    return Echo.HALF_DUPLEX if settings.half_duplex else Echo.CANCEL


def open_voice(settings: Settings, voice: str = VOICE) -> Voice:
    """A synthesiser with its cache; it starts with its first sentence."""
    return Voice(settings.cache, voice)


def open_sound(settings: Settings, mixer: Mixer) -> Sound:
    """Open what there is of microphone and loudspeaker, and say what there is not.

    Raises UserError where a device was asked for by a name that none has.
    """
    hears = plays = True
    while hears or plays:
        card = SoundCard(settings.microphone, settings.loudspeaker, listens=hears, plays=plays)
        try:
            card.start(mixer.render)
        except NoMicrophone as lack:
            print(f"{lack}. Typed lines are taken instead.", file=sys.stderr, flush=True)
            hears = False
        except NoLoudspeaker as lack:
            print(f"{lack}. What it says is printed.", file=sys.stderr, flush=True)
            plays = False
        else:
            return Sound(card, hears, plays)
    return Sound(NoSound(), hears=False, plays=False)
