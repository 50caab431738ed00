"""Recordings through the same ears as the microphone."""

from collections.abc import Iterable

from voiceacu.asr.listener import Block, Fact, Listener
from voiceacu.asr.utterance import Hearing, Phrases
from voiceacu.nlu.types import Heard
from voiceacu.pcm import BLOCK, RATE


def transcribe(blocks: Iterable[Block], hearing: Hearing, table: Phrases) -> list[Heard]:
    """Everything heard in a recording; times count from its first block's `time`.

    The recogniser may be used again for the next recording.
    """
    listener = Listener(hearing, table)
    facts: list[Fact] = []
    end = 0.0
    for block in blocks:
        facts += listener.feed(block)
        end = block.time + BLOCK / RATE
    facts += listener.close(end)
    return [fact for fact in facts if isinstance(fact, Heard)]
