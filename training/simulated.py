"""Simulated noises as files, to be taken for recordings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile as sf

from training.features import SAMPLE_RATE


def write_simulated(
    folder: Path, count: int, simulate: Callable[[np.random.Generator], np.ndarray], seed: int
) -> None:
    """WAV files of the first so many sounds in -1..1; what is there is not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number}.wav"
        if not path.exists():
            sf.write(path, simulate(np.random.default_rng([seed, number])), SAMPLE_RATE)
