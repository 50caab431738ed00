"""Random frames in place of speech."""

import numpy as np

from training.features import NUM_CEPS
from training.mixing import Mixer
from training.stream import Data, Recording
from training.units import NUM_PDFS


def speech(rng: np.random.Generator) -> Data:
    """Twenty utterances of 3 s."""
    labels = rng.integers(0, NUM_PDFS, 2000).astype(np.int16)
    return Data(
        features=(rng.standard_normal((6000, NUM_CEPS)) * 9).astype(np.float16),
        labels=labels,
        word_of=np.full(2000, -1),
        unknown=np.zeros(1, np.float32),
        start=np.arange(0, 2000, 100),
        length=np.full(20, 100),
        altered=np.zeros(20, bool),
        recordings=[Recording(str(i), copies=[i]) for i in range(20)],
        mean=np.zeros(NUM_CEPS),
        mixer=Mixer([], []),
    )
