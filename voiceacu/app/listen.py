"""`voiceacu listen` and `voiceacu chat`: the assistant on real devices, or on a keyboard."""

import sys
from argparse import Namespace
from contextlib import ExitStack, closing
from datetime import datetime

from voiceacu.app.assistant import Assistant, Mouth
from voiceacu.app.compose import Knowledge, Sound, load_knowledge, open_ears, open_sound, open_voice
from voiceacu.app.mouth import PrintedMouth, SpokenMouth
from voiceacu.app.silence import NoSound
from voiceacu.app.terminal import Terminal
from voiceacu.app.typed import TypedLines
from voiceacu.audio.mixer import Mixer
from voiceacu.dialogue.events import Started
from voiceacu.journal.store import Journal
from voiceacu.settings import Settings


def listen(settings: Settings, _arguments: Namespace) -> int:
    """Converse by voice, and by typed lines beside it, until the person leaves."""
    knowledge = load_knowledge(settings)
    mixer = Mixer()
    sound = open_sound(settings, mixer)
    return _converse(settings, knowledge, sound, mixer)


def chat(settings: Settings, _arguments: Namespace) -> int:
    """Converse by typed lines alone."""
    knowledge = load_knowledge(settings)
    return _converse(settings, knowledge, Sound(NoSound(), hears=False, plays=False), Mixer())


def _converse(settings: Settings, knowledge: Knowledge, sound: Sound, mixer: Mixer) -> int:
    with ExitStack() as opened:
        opened.callback(sound.device.stop)
        journal = opened.enter_context(closing(Journal(settings.journal)))
        mouth: Mouth = PrintedMouth(sys.stdout)
        if sound.plays:
            voice = opened.enter_context(closing(open_voice(settings)))
            mouth = SpokenMouth(voice, mixer)
        assistant = Assistant(
            knowledge.coach(),
            knowledge.table,
            sound.device,
            ears=open_ears(settings, knowledge.table) if sound.hears else None,
            mouth=mouth,
            typed=TypedLines(sys.stdin),
            diary=journal,
            observer=Terminal(sys.stdout, show_speech=sound.plays, show_unknown=not sound.hears),
        )
        today = datetime.now()
        assistant.greet(
            Started(today, journal.sessions_this_week(today.date()), journal.last_routine())
        )
        assistant.run()
    return 0
