"""`voiceacu hear FILE…`: WAV files through detection, recognition and understanding."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from voiceacu.app.knowledge import load_table
from voiceacu.app.show import as_line, as_record
from voiceacu.app.terminal import as_json
from voiceacu.asr.hear import transcribe
from voiceacu.asr.models import find_model
from voiceacu.asr.recogniser import Recogniser
from voiceacu.audio.background import quietest, sounding_on
from voiceacu.audio.frontend import Block, FrontEnd
from voiceacu.audio.port import frames
from voiceacu.audio.wav import read_wav
from voiceacu.content.loader import load_library
from voiceacu.nlu.phrases import load_phrases
from voiceacu.pcm import RATE, Samples
from voiceacu.settings import Settings

LEAD = 3.5
"""Seconds of background before a file, in which the voice detection comes to know it: a clip may
begin in the middle of its first word."""
TAIL = 1.0
"""The same after it, in which the last utterance ends."""


def hear(settings: Settings, arguments: Namespace) -> int:
    """Print what is said in each file; all files are read before the first is heard."""
    library = load_library(settings.points_file)
    table = load_table(settings, library)
    if arguments.commands is not None:
        table = load_phrases(settings.language, library, arguments.commands)
    recordings = [(path, read_wav(path)) for path in arguments.files]
    recogniser = Recogniser(find_model(settings.model), table)
    for path, samples in recordings:
        for heard in transcribe(blocks(samples), recogniser, table):
            reading = table.understand(heard.text)
            start = max(0.0, heard.start)  # the background before the file is none of it
            if arguments.json:
                times = {"start": round(start, 2), "end": round(heard.end, 2)}
                print(as_json({"file": str(path), **as_record(reading), **times}))
            else:
                print(f"{path} {start:7.2f}-{heard.end:.2f}  {as_line(reading)}")
    return 0


def blocks(samples: Samples) -> Iterator[Block]:
    """A recording as the front end sees it when nothing is played; times count from its start.

    Before and after it the room sounds on, for a microphone does not begin to hear with a talker.
    """
    front_end = FrontEnd()
    room = quietest(samples)
    lead, tail = (sounding_on(room, round(seconds * RATE)) for seconds in (LEAD, TAIL))
    for frame in frames(np.concatenate([lead, samples, tail])):
        yield front_end.process(replace(frame, time=frame.time - LEAD))
