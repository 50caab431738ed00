"""`voiceacu chat`: a typed conversation; no audio package is needed."""

import sys
from argparse import Namespace

from voiceacu.app.conversation import converse
from voiceacu.app.knowledge import load_knowledge
from voiceacu.app.printed import PrintedMouth
from voiceacu.app.silence import NoSound
from voiceacu.settings import Settings


def chat(settings: Settings, _arguments: Namespace) -> int:
    """Converse by typed lines alone."""
    converse(settings, load_knowledge(settings), NoSound(), PrintedMouth(sys.stdout), ears=None)
    return 0
