"""`voiceacu guide`: a page with body maps to look at before lying down."""

from argparse import Namespace

from voiceacu.app.knowledge import load_knowledge
from voiceacu.guide.write import write_guide
from voiceacu.settings import Settings


def guide(settings: Settings, arguments: Namespace) -> int:
    """Write the page and its pictures, and say where they are."""
    knowledge = load_knowledge(settings)
    for path in write_guide(knowledge.library, knowledge.table, arguments.out, settings.language):
        print(path)
    return 0
