"""The real points, phrases and replies."""

import pytest

from voiceacu.app.knowledge import Knowledge, load_knowledge
from voiceacu.settings import Settings


def shipped() -> Knowledge:
    """What the product ships with."""
    return load_knowledge(Settings())


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """What the product ships with, read once."""
    return shipped()
