"""Audio in, MFCCs out, the way Vosk computes them from ``conf/mfcc.conf``."""

from __future__ import annotations

import math
from pathlib import Path

import kaldi_native_fbank as knf
import numba
import numpy as np
import soundfile as sf
import soxr

SAMPLE_RATE = 16000
NUM_CEPS = 40
SUBSAMPLING = 3
CMN_WINDOW = 600
CMN_GLOBAL = 200

MFCC_CONF = """--use-energy=false
--sample-frequency=16000
--num-mel-bins=40
--num-ceps=40
--low-freq=20
--high-freq=-400
--dither=0.0
"""


def load_audio(path: Path | str) -> np.ndarray:
    """Mono float32 samples in -1..1 at 16 kHz."""
    samples, rate = sf.read(path, dtype="float32")
    if samples.ndim > 1:
        samples = samples.mean(1)
    if rate != SAMPLE_RATE:
        samples = soxr.resample(samples, rate, SAMPLE_RATE)
    return np.ascontiguousarray(samples, np.float32)


def _mfcc_options() -> knf.MfccOptions:
    options = knf.MfccOptions()
    options.frame_opts.samp_freq = SAMPLE_RATE
    options.frame_opts.dither = 0
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = 40
    options.mel_opts.low_freq = 20
    options.mel_opts.high_freq = -400
    options.num_ceps = NUM_CEPS
    options.use_energy = False
    return options


OPTIONS = _mfcc_options()


def mfcc(samples: np.ndarray) -> np.ndarray:
    """MFCCs, float32 of shape (frames, 40), of samples in -1..1; one frame each 10 ms."""
    scaled = np.round(np.clip(samples, -1.0, 1.0) * 32767).astype(np.float32)
    online = knf.OnlineMfcc(OPTIONS)
    online.accept_waveform(SAMPLE_RATE, scaled)
    online.input_finished()
    if not online.num_frames_ready:
        return np.zeros((0, NUM_CEPS), np.float32)
    return np.stack([online.get_frame(i) for i in range(online.num_frames_ready)])


@numba.njit(cache=True)
def _online_cmn(
    frames: np.ndarray, mean: np.ndarray, window: int, from_global: int, out: np.ndarray
) -> None:
    total = np.zeros(frames.shape[1])
    for t in range(frames.shape[0]):
        total += frames[t]
        if t >= window:
            total -= frames[t - window]
        count = min(t + 1, window)
        extra = min(from_global, window - count)
        for d in range(frames.shape[1]):
            out[t, d] = frames[t, d] - (total[d] + extra * mean[d]) / (count + extra)


def online_cmn(frames: np.ndarray, global_mean: np.ndarray) -> np.ndarray:
    """Kaldi's online cepstral mean normalisation (window 600, 200 frames of global mean)."""
    out = np.empty(frames.shape, np.float32)
    _online_cmn(
        frames.astype(np.float32), global_mean.astype(np.float64), CMN_WINDOW, CMN_GLOBAL, out
    )
    return out


def subsampled(frames: int) -> int:
    """How many network outputs ``frames`` input frames have."""
    return math.ceil(frames / SUBSAMPLING)
