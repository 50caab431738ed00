"""`voiceacu listen`: the assistant on real devices."""

import sys
from argparse import Namespace
from contextlib import ExitStack, closing

from voiceacu.app.assistant import Mouth
from voiceacu.app.compose import open_ears, open_sound, open_voice
from voiceacu.app.conversation import converse
from voiceacu.app.knowledge import load_knowledge
from voiceacu.app.mouth import SpokenMouth
from voiceacu.app.printed import PrintedMouth
from voiceacu.audio.mixer import Mixer
from voiceacu.settings import Settings


def listen(settings: Settings, _arguments: Namespace) -> int:
    """Converse by voice, and by typed lines beside it, until the person leaves."""
    knowledge = load_knowledge(settings)
    mixer = Mixer()
    with ExitStack() as opened:
        sound = open_sound(settings, mixer)
        opened.callback(sound.device.stop)
        ears = open_ears(settings, knowledge.table) if sound.hears else None
        mouth: Mouth = PrintedMouth(sys.stdout)
        if sound.plays:
            voice = opened.enter_context(closing(open_voice(settings)))
            mouth = SpokenMouth(voice, mixer, night=settings.night)
        converse(settings, knowledge, sound.device, mouth, ears)
    return 0
