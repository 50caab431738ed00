"""All utterances in one file small enough to be carried to the machine that trains.

Log mel powers in steps of 3 dB, each foretold from its neighbours, what is left Huffman-coded band
by band: 4 MB for an hour, where banks take 29. The steps are hidden again by noise of their own
size (:mod:`training.bulk`), so the network never sees them.
"""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

import numba
import numpy as np
from tqdm import tqdm

from training.features import NUM_CEPS, SUBSAMPLING
from training.melpower import mel_power
from training.stream import Data, apart
from training.units import SIL_PDF

DECIBEL = np.log(10) / 10
"""As a natural logarithm, of powers."""
STEP = 3 * DECIBEL
SILENCE = 20
"""Outputs of silence that are kept before and after what is said."""
WEIGHTS = (10, -9, 2, 13)
"""Sixteenths of its neighbours that foretell a step: the one before, that one's lower and upper
neighbour, and the band below; least squares over six hours."""


@dataclass
class Packed:
    """Utterances one after another.

    ``steps`` int8 (frames, 40), log mel powers; ``labels`` uint8 (frames / 3,); ``words`` int32
    (frames / 3,), index into ``unknown`` or -1; ``unknown`` float32, chance of each spoken word to
    be trained as ``[unk]``; of each utterance ``outputs``, how long it is in 30 ms, ``recording``,
    of which it is a copy, and ``noise``, whether nobody speaks; of each recording ``times``, how
    often an epoch takes it, and ``held_out``, whether it is to judge by; ``mean`` MFCCs.
    """

    steps: np.ndarray
    labels: np.ndarray
    words: np.ndarray
    unknown: np.ndarray
    outputs: np.ndarray
    recording: np.ndarray
    noise: np.ndarray
    times: np.ndarray
    held_out: np.ndarray
    mean: np.ndarray


def pack(data: Data, judged: int, part: int = 0, parts: int = 1) -> Packed:
    """One of several parts of what the banks hold, ``judged`` recordings of all to judge by."""
    held = {recording.name for recording in apart(data.recordings, judged)[0]}
    recordings = data.recordings[part::parts]
    copies = [(index, copy) for index, one in enumerate(recordings) for copy in one.copies]
    spans = [_said(data, copy) for _, copy in copies]
    at = np.concatenate([np.arange(span.start, span.stop) for span in spans])
    steps = [_steps(data, span) for span in tqdm(spans, "pack")]
    return Packed(
        steps=np.concatenate(steps),
        labels=data.labels[at].astype(np.uint8),
        words=data.word_of[at].astype(np.int32),
        unknown=data.unknown,
        outputs=np.array([span.stop - span.start for span in spans], np.int32),
        recording=np.array([index for index, _ in copies], np.int32),
        noise=np.array([recordings[i].name.startswith("noise/") for i, _ in copies]),
        times=np.array([one.times for one in recordings], np.float32),
        held_out=np.array([one.name in held for one in recordings]),
        mean=data.mean,
    )


def _said(data: Data, copy: int) -> slice:
    """A copy without most of the silence around what is said."""
    first, count = int(data.start[copy]), int(data.length[copy])
    spoken = np.flatnonzero(data.labels[first : first + count] != SIL_PDF)
    if not len(spoken):
        return slice(first, first + count)
    begin = max(0, int(spoken[0]) - SILENCE)
    return slice(first + begin, first + min(count, int(spoken[-1]) + SILENCE))


def _steps(data: Data, span: slice) -> np.ndarray:
    mfcc = data.features[SUBSAMPLING * span.start : SUBSAMPLING * span.stop]
    return np.asarray(np.round(np.log(mel_power(mfcc)) / STEP), np.int8)


@numba.njit(cache=True)
def _code(values: np.ndarray, rest: np.ndarray, decode: bool) -> None:
    """Fill ``rest`` with what the neighbours do not foretell of ``values``, or decode it."""
    before, after, beside, below = WEIGHTS
    frames, bands = values.shape
    for t in range(frames):
        for b in range(bands):
            foretold = 0
            if t > 0:
                foretold += before * values[t - 1, b]
                foretold += after * values[t - 1, max(b - 1, 0)]
                foretold += beside * values[t - 1, min(b + 1, bands - 1)]
            if b > 0:
                foretold += below * values[t, b - 1]
            if decode:
                values[t, b] = rest[t, b] + ((foretold + 8) >> 4)
            else:
                rest[t, b] = values[t, b] - ((foretold + 8) >> 4)


def _squeezed(values: np.ndarray) -> bytes:
    coder = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_HUFFMAN_ONLY)
    return coder.compress(np.ascontiguousarray(values).tobytes()) + coder.flush()


def write(packed: Packed, path: Path) -> None:
    """One file."""
    rest = np.empty_like(packed.steps)
    _code(packed.steps, rest, False)
    arrays = {field.name: getattr(packed, field.name) for field in fields(packed)[1:]}
    arrays["words"] = np.diff(packed.words, prepend=0)
    arrays["frames"] = np.array(len(rest))
    for index, band in enumerate(rest.T):
        arrays[f"band{index}"] = np.frombuffer(_squeezed(band), np.uint8)
    np.savez_compressed(path, allow_pickle=False, **arrays)


def read(path: Path) -> Packed:
    """What :func:`write` wrote."""
    with np.load(path) as arrays:
        found = dict(arrays)
    rest = np.empty((int(found.pop("frames")), NUM_CEPS), np.int8)

    def unpack(band: int) -> None:
        rest[:, band] = np.frombuffer(zlib.decompress(found[f"band{band}"]), np.int8)

    with ThreadPoolExecutor() as pool:
        list(pool.map(unpack, range(NUM_CEPS)))
    steps = np.empty_like(rest)
    _code(steps, rest, True)
    others = {name: array for name, array in found.items() if not name.startswith("band")}
    others["words"] = np.cumsum(others["words"], dtype=np.int32)
    return Packed(steps=steps, **others)
