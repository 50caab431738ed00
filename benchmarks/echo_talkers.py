"""Talkers that no training run heard, and what they say."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np

from voiceacu.audio.wav import read_wav
from voiceacu.nlu.phrases import PhraseTable
from voiceacu.nlu.types import Intent
from voiceacu.pcm import RATE, Samples

CACHE = Path.home() / ".cache" / "voiceacu-benchmarks"

TALKERS = (
    "flite slt",
    "festival cmu_us_slt_arctic_hts",
    "espeak en-gb+m7",
    "espeak en-us+linda",
    "espeak en-us+edward",
    "espeak en-gb+steph3",
)
"""Engine and voice; `training/synth.py` holds them out."""


def talkers() -> list[str]:
    """Those whose engine is installed."""
    programs = {"flite": "flite", "festival": "text2wave", "espeak": "espeak-ng"}
    return [t for t in TALKERS if shutil.which(programs[t.split()[0]])]


def speech(talker: str, text: str) -> Samples:
    """The text by this talker, without silence around it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"{hashlib.sha256(f'{talker}|{text}'.encode()).hexdigest()[:24]}.wav"
    if not path.exists():
        engine, voice = talker.split()
        match engine:
            case "flite":
                command = ["flite", "-voice", voice, "-t", text, "-o", str(path)]
            case "festival":
                command = ["text2wave", "-eval", f"(voice_{voice})", "-o", str(path)]
            case _:
                command = ["espeak-ng", "-v", voice, "-s", "150", "-w", str(path), text]
        subprocess.run(command, input=text, text=True, check=True, capture_output=True)
    return trimmed(read_wav(path))


def trimmed(samples: Samples) -> Samples:
    """Without the silence before and after."""
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return samples[loud[0] : min(len(samples), loud[-1] + RATE // 50)]


def commands(table: PhraseTable) -> list[tuple[str, Intent]]:
    """The suggested phrase of each command, as it is understood."""
    found: dict[str, Intent] = {}
    for command in table.commands:
        understood = table.understand(command.say)
        if understood.accepted and understood.intent is not None:
            found.setdefault(command.say, understood.intent)
    return list(found.items())
