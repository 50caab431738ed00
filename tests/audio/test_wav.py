from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from voiceacu.audio.wav import read_wav, write_wav
from voiceacu.errors import UserError
from voiceacu.pcm import RATE, resample

from .sounds import tone


def heard_hertz(samples: np.ndarray) -> float:
    """The strongest frequency of a sound at 16 kHz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * RATE / len(samples)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_every_rate_width_and_number_of_channels_sounds_the_same(
    tmp_path: Path, rate: int, subtype: str, channels: int
) -> None:
    time = np.arange(rate) / rate
    wave = np.repeat((0.5 * np.sin(2 * np.pi * 440 * time))[:, None], channels, axis=1)
    soundfile.write(tmp_path / "a.wav", wave, rate, subtype=subtype)
    samples = read_wav(tmp_path / "a.wav")
    assert samples.dtype == np.float32
    assert samples.shape == (RATE,)
    assert heard_hertz(samples) == pytest.approx(440, abs=1)
    assert np.abs(samples[1000:-1000]).max() == pytest.approx(0.5, abs=0.02)


def test_a_file_cut_off_in_its_data_gives_what_is_there(tmp_path: Path) -> None:
    write_wav(tmp_path / "whole.wav", tone(440, 1.0))
    whole = (tmp_path / "whole.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 2])
    assert len(read_wav(tmp_path / "cut.wav")) == pytest.approx(RATE / 2, abs=50)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"point one: the knee\n" * 50,
        b"ID3\x04" + bytes(400),
        bytes(2000),
    ],
    ids=["empty", "cut in its header", "cut in its format", "text", "mp3 head", "zeros"],
)
def test_what_is_no_wav_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_wav(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_raw_file_a_folder_and_a_missing_file_are_clear_errors(tmp_path: Path) -> None:
    (tmp_path / "a.raw").write_bytes(bytes(3200))
    for path in (tmp_path / "a.raw", tmp_path, tmp_path / "missing.wav"):
        with pytest.raises(UserError, match=path.name):
            read_wav(path)


def test_another_sound_format_is_named(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", tone(440, 0.1), RATE)
    with pytest.raises(UserError, match="FLAC"):
        read_wav(tmp_path / "a.flac")


def test_a_wav_without_samples_is_a_clear_error(tmp_path: Path) -> None:
    write_wav(tmp_path / "none.wav", np.zeros(0, np.float32))
    with pytest.raises(UserError, match="no sound"):
        read_wav(tmp_path / "none.wav")


def test_infinite_and_missing_samples_become_finite(tmp_path: Path) -> None:
    wave = np.array([0.0, np.nan, np.inf, -np.inf, 3.0] * 100, dtype=np.float32)
    soundfile.write(tmp_path / "a.wav", wave, RATE, subtype="FLOAT")
    samples = read_wav(tmp_path / "a.wav")
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1.0


def test_stereo_is_written_as_two_channels(tmp_path: Path) -> None:
    stereo = np.stack([tone(440, 0.5), np.zeros(RATE // 2, np.float32)], axis=1)
    write_wav(tmp_path / "s.wav", stereo)
    back, rate = soundfile.read(tmp_path / "s.wav")
    assert (back.shape, rate) == ((RATE // 2, 2), RATE)
    assert np.abs(back[:, 1]).max() == 0.0


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        write_wav(tmp_path / "nowhere" / "a.wav", tone(440, 0.1))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_a_clear_error() -> None:
    with pytest.raises(UserError, match="/dev/full"):
        write_wav(Path("/dev/full"), tone(440, 1.0))


@given(st.binary(max_size=300))
def test_no_bytes_ever_give_another_error(
    tmp_path_factory: pytest.TempPathFactory, b: bytes
) -> None:
    path = tmp_path_factory.mktemp("w") / "x.wav"
    path.write_bytes(b"RIFF" + b)
    try:
        assert np.isfinite(read_wav(path)).all()
    except UserError as error:
        assert "\n" not in str(error)


def test_resampling_nothing_gives_nothing() -> None:
    assert len(resample(np.zeros(0, np.float32), 48_000, RATE)) == 0
