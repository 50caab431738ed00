"""WAV files in and out, whatever their rate, width or number of channels."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voiceacu.errors import UserError
from voiceacu.pcm import RATE, Samples, resample

_WAVES = ("WAV", "WAVEX", "RF64", "W64")


def read_wav(path: Path) -> Samples:
    """The sound of a WAV file, its channels mixed, at 16 kHz.

    A file cut off in its data gives what is there. Raises UserError for a file that cannot be
    read, is no WAV, or holds no sound.
    """
    import soundfile  # noqa: PLC0415 - only the commands that read files need it

    try:
        # From memory: libsndfile would guess at a file by the end of its name.
        with soundfile.SoundFile(io.BytesIO(path.read_bytes())) as wav:
            if wav.format not in _WAVES:
                raise UserError(f"{path}: is {wav.format}, not WAV; convert it to WAV first")
            sound: NDArray[np.float32] = wav.read(dtype="float32", always_2d=True)
            rate: int = wav.samplerate
    except soundfile.LibsndfileError as error:
        raise UserError(f"{path}: is no WAV file that can be read; give a WAV file") from error
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; give a WAV file that can be read") from error
    if not len(sound):
        raise UserError(f"{path}: holds no sound; record it again")
    mono = np.nan_to_num(sound, nan=0.0, posinf=1.0, neginf=-1.0).mean(axis=1)
    return resample(np.clip(mono, -1.0, 1.0).astype(np.float32), rate, RATE)


def write_wav(path: Path, samples: NDArray[np.float32], rate: int = RATE) -> None:
    """Write mono (`n`) or stereo (`n x 2`) samples as 16-bit WAV.

    Raises UserError where the file cannot be written.
    """
    import soundfile  # noqa: PLC0415

    encoded = io.BytesIO()
    soundfile.write(encoded, samples, rate, subtype="PCM_16", format="WAV")
    try:
        path.write_bytes(encoded.getvalue())
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; choose another place") from error
