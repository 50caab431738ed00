"""The whole recipe in small: every stage works, and libvosk decodes what comes out."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("kaldi_native_fbank")
vosk = pytest.importorskip("vosk")

from training.banks import load_shard, shard_stems  # noqa: E402
from training.corpus import read_utterances  # noqa: E402
from training.features import SUBSAMPLING, load_audio, mfcc, online_cmn  # noqa: E402
from training.network import DELAY, export, load, one_recording  # noqa: E402
from training.nnet3 import read_model  # noqa: E402
from training.units import SIL_PDF  # noqa: E402

pytestmark = pytest.mark.skipif(
    not (
        shutil.which("espeak-ng")
        and shutil.which("fstconvert")
        and importlib.util.find_spec("pynini")
    ),
    reason="needs espeak-ng, pynini and OpenFst's fstconvert",
)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work folder of one tiny run, a process of its own: pynini and libvosk, each with its
    OpenFst, can't be loaded together."""
    folder = tmp_path_factory.mktemp("training")
    command = [sys.executable, "-m", "training", "all", "--tiny", "--work", str(folder)]
    subprocess.run(command, check=True)
    return folder


def test_vosk_decodes_with_the_tiny_model(work: Path) -> None:
    """A run-time grammar over the tiny model yields words of that grammar."""
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(work / "model"))
    spoken = read_utterances(work / "synth" / "train" / "part0.jsonl")[:10]
    heard = []
    for utterance in spoken:
        grammar = sorted({u.text for u in spoken})
        recogniser = vosk.KaldiRecognizer(model, 16000, json.dumps([*grammar, "[unk]"]))
        samples = (load_audio(utterance.path) * 32767).astype(np.int16)
        recogniser.AcceptWaveform(samples.tobytes())
        heard.append(json.loads(recogniser.FinalResult())["text"])
    known = {word for utterance in spoken for word in utterance.text.split()} | {"[unk]"}
    assert any(heard)
    assert {word for text in heard for word in text.split()} <= known


def test_the_export_computes_what_was_trained(work: Path) -> None:
    """It gives the scores of the PyTorch network, batch norm folded in."""
    net, mean = load(str(work / "sixth.pt"))
    first = read_utterances(work / "synth" / "train" / "part0.jsonl")[0]
    frames = online_cmn(mfcc(load_audio(first.path)), mean)
    later, exported = DELAY * SUBSAMPLING, export(net)
    scores = exported.evaluate(frames)
    left, right = net.shape.left, net.shape.right
    count = left + (len(scores) - 1) * SUBSAMPLING + 1 + right
    rows = (np.arange(count) - left - later).clip(0, len(frames) - 1)
    with torch.no_grad():
        starts = one_recording(net.shape, len(scores))
        wanted = net(torch.from_numpy(frames[rows]), starts)[0].numpy()
    np.testing.assert_allclose(scores, wanted, atol=1e-4, rtol=1e-4)
    assert exported.context() == (left + later, right - later)


def test_final_mdl_holds_the_weights_to_half_a_step_of_sixteen_bits(work: Path) -> None:
    net = load(str(work / "sixth.pt"))[0]
    written = read_model(work / "model" / "am" / "final.mdl")
    for mine, theirs in zip(export(net).nodes, written.nodes, strict=True):
        assert (mine.name, mine.source) == (theirs.name, theirs.source)
        if mine.weight is None:
            assert (mine.kind, theirs.weight) == (theirs.kind, None)
        else:
            assert theirs.weight is not None
            half = np.ptp(mine.weight) / 65535 / 2
            # libvosk keeps the least value, the step and their sum in single precision
            rounding = 2 * np.abs(mine.weight).max() * np.finfo(np.float32).eps
            assert np.abs(theirs.weight - mine.weight).max() <= half + rounding


def test_training_goes_on_from_the_packed_banks(work: Path) -> None:
    """As on an accelerator; nothing but the weights becomes other than it was."""
    command = [sys.executable, "-m", "training", "pack", "accelerate", "--tiny", "--work"]
    subprocess.run([*command, str(work)], check=True)
    (net, mean), (final, before) = (
        load(str(work / f"{name}.pt")) for name in ("accelerated", "final")
    )
    assert net.shape == final.shape
    np.testing.assert_array_equal(mean, before)
    assert not torch.equal(net.head.weight, final.head.weight)
    assert all(values.isfinite().all() for values in net.state_dict().values())


def test_every_project_word_is_in_the_graph(work: Path) -> None:
    """No phrase of the table can be dropped silently."""
    from training.vocabulary import project_words

    known = {line.split()[0] for line in (work / "model/graph/words.txt").read_text().splitlines()}
    assert project_words() <= known


def test_music_and_kitchens_are_taught_as_silence(work: Path) -> None:
    stems = [
        stem for bank in sorted((work / "banks").glob("noise-*")) for stem in shard_stems(bank)
    ]
    assert {stem.parent.name for stem in stems} == {"noise-clean", "noise-aug1"}
    taught = set()
    for shard in map(load_shard, stems):
        assert np.abs(shard.features).max() > 0
        assert set(shard.labels) == {SIL_PDF}
        taught |= {Path(utterance.path).parent.name for utterance in shard.utterances}
    assert taught == {"music", "kitchens"}
