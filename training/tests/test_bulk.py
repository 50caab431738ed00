"""What is done to many utterances at once."""

import numpy as np
import torch

from training.bulk import Bulk, Rows, rows_of
from training.features import NUM_CEPS, SUBSAMPLING, online_cmn
from training.melpower import mfcc_of
from training.packed import DECIBEL, STEP, Packed
from training.units import SIL_PDF, SPN_PDF


def _packed(rng: np.random.Generator, utterances: int = 12, outputs: int = 120) -> Packed:
    """Sounds of their own level for each label, silence around them; the last two are noises."""
    steps, labels = [], []
    for index in range(utterances):
        noise = index >= utterances - 2
        said = np.full(outputs, SIL_PDF) if noise else np.repeat([0, 3, 8, 5, 0, 0], outputs // 6)
        shape = 5 * np.sin(np.arange(NUM_CEPS)[None] * (1 + said[:, None]))
        steps.append(np.repeat(np.where(said[:, None] > 0, 20 + shape, 4 + 4 * noise), 3, 0))
        labels.append(said)
    count = utterances * outputs
    return Packed(
        steps=np.concatenate(steps).round().astype(np.int8),
        labels=np.concatenate(labels).astype(np.uint8),
        words=np.where(np.concatenate(labels) > 0, np.arange(count) // outputs, -1),
        unknown=np.zeros(utterances, np.float32),
        outputs=np.full(utterances, outputs, np.int32),
        recording=np.arange(utterances, dtype=np.int32),
        noise=np.arange(utterances) >= utterances - 2,
        times=np.ones(utterances, np.uint8),
        held_out=np.zeros(utterances, bool),
        mean=rng.standard_normal(NUM_CEPS),
    )


def _bulk(packed: Packed) -> Bulk:
    return Bulk([packed], "cpu", 1)


def _in_silence(outputs: int, count: int) -> tuple[torch.Tensor, torch.Tensor, Rows]:
    """Labels of utterances of four parts, speech in the middle ones; which of their frames are
    spoken, and the rows of these."""
    said = torch.tensor([0, 3, 3, 0]).repeat_interleave(outputs).repeat(count)
    rows = rows_of(torch.full((count,), 4 * outputs * SUBSAMPLING))
    return said, (said > 0).repeat_interleave(SUBSAMPLING), rows


def test_an_epoch_takes_each_as_often_as_it_says_and_none_to_judge_by() -> None:
    packed = _packed(np.random.default_rng(0))
    packed.times[:4], packed.held_out[5] = 3, True
    chunks = _bulk(packed).epoch(0.003)
    assert len(chunks) > 2
    counts = torch.bincount(torch.cat(chunks), minlength=12).tolist()
    assert counts == [3] * 4 + [1, 0] + [1] * 6


def test_what_is_drawn_keeps_its_labels_at_any_pace() -> None:
    """Where a label says speech it is loud, and as long as the labels say."""
    bulk = _bulk(_packed(np.random.default_rng(1)))
    flat = bulk.draw(torch.arange(10).repeat(30))
    assert flat.features.shape == (3 * len(flat.labels), NUM_CEPS)
    assert flat.features.isfinite().all()
    assert flat.starts.sum() == 300
    loud = flat.features[:, 0].view(-1, 3).mean(1)
    assert loud[flat.labels > 0].mean() > loud[flat.labels == 0].mean() + 10
    shares = torch.bincount(flat.labels, minlength=9)[[3, 5, 8]] / (flat.labels > 0).sum()
    torch.testing.assert_close(shares, torch.full((3,), 1 / 3), atol=0.02, rtol=0)


def test_some_voices_lack_their_beginning_and_nothing_else() -> None:
    bulk = _bulk(_packed(np.random.default_rng(10)))
    _, spoken, rows = _in_silence(20, 300)
    log = torch.where(spoken, 12.0, 2.0)[:, None].expand(-1, NUM_CEPS)
    found = bulk._another_beginning(log, rows.first(spoken), rows).view(300, 240, NUM_CEPS)
    missing = (found != log.view(300, 240, NUM_CEPS)).all(2)
    counts = missing.sum(1)
    assert 15 < (counts > 0).sum() < 50
    assert counts.max() <= 9
    assert not missing[:, :60].any()
    assert (missing[:, 60:69].sum(1) == counts).all()
    assert (found[missing] == 2).all()


def test_in_some_voices_all_but_the_lowest_harmonic_is_faint() -> None:
    bulk = _bulk(_packed(np.random.default_rng(11)))
    fainter = bulk._thin(500) / DECIBEL
    lowest, above = bulk.centres < 170, (bulk.centres > 800) & (bulk.centres < 1500)
    contrast = fainter[:, above].mean(1) - fainter[:, lowest].mean(1)
    assert 0.2 < (contrast > 5).float().mean() < 0.45
    assert 0.5 < (contrast == 0).float().mean() < 0.7


def test_normalised_as_the_recogniser_does_it() -> None:
    rng = np.random.default_rng(2)
    packed = _packed(rng)
    bulk = _bulk(packed)
    lengths = (900, 40)
    mfcc = rng.standard_normal((sum(lengths), NUM_CEPS)).astype(np.float32)
    found = bulk._normalised(torch.from_numpy(mfcc), rows_of(torch.tensor(lengths))).numpy()
    wanted = [online_cmn(part, packed.mean) for part in np.split(mfcc, [lengths[0]])]
    np.testing.assert_allclose(found, np.concatenate(wanted), atol=1e-4)


def test_cepstra_are_those_of_the_recogniser() -> None:
    bulk = _bulk(_packed(np.random.default_rng(3)))
    log = np.random.default_rng(4).normal(3, 2, (5, NUM_CEPS)).astype(np.float32)
    found = torch.from_numpy(log) @ bulk.cosines
    np.testing.assert_allclose(found.numpy(), mfcc_of(np.exp(log)), rtol=1e-3, atol=1e-3)


def test_a_noise_is_as_loud_as_another_before_it_is_scaled() -> None:
    packed = _packed(np.random.default_rng(5))
    packed.steps[-360:] += 7  # one of the two noises is 21 dB louder
    bulk = _bulk(packed)
    rows = rows_of(torch.full((50,), 90))
    levels = rows.mean(bulk._piece(bulk.noises, rows).sum(1))
    assert levels.min() > 0.8
    assert levels.max() < 1.25
    assert float(np.exp(7 * STEP)) > 100


def test_some_words_are_any_other_speech_and_silence_never_is() -> None:
    packed = _packed(np.random.default_rng(6))
    packed.unknown[:] = 0.5
    bulk = _bulk(packed)
    said = bulk._unknown(bulk.labels, bulk.words).view(12, 120)
    unknown = (said == SPN_PDF).any(1)[:10]
    assert 0 < unknown.sum() < 10
    assert ((said == SPN_PDF).sum(1)[:10][unknown] == 60).all()


def test_means_of_the_quiet_are_true_beside_the_loud() -> None:
    rng = np.random.default_rng(7)
    lengths = rng.integers(1, 50, 200)
    values = 10 ** np.repeat(rng.uniform(-6, 18, 200), lengths) * rng.uniform(1, 2, lengths.sum())
    rows = rows_of(torch.from_numpy(lengths))
    found = rows.mean(torch.from_numpy(values).float())
    wanted = [part.mean() for part in np.split(values, np.cumsum(lengths)[:-1])]
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-4)


def test_a_silent_noise_leaves_the_others_as_they_are() -> None:
    packed = _packed(np.random.default_rng(8))
    packed.steps[-360:] = -23
    flat = _bulk(packed).draw(torch.arange(12).repeat(40))
    assert flat.features.isfinite().all()
    assert flat.features.abs().max() < 300


def test_noises_are_as_loud_as_asked_for() -> None:
    """12 % have none but a hiss, and of the others half are drowned to 10 dB or less."""
    bulk = _bulk(_packed(np.random.default_rng(9)))
    said, spoken, rows = _in_silence(50, 400)
    speech = torch.where(spoken, 1e8, 1.0)[:, None].expand(-1, NUM_CEPS)
    both = bulk._with_noise(speech, said, rows).sum(1)
    ratio = 10 * torch.log10(rows.mean(both, spoken) / rows.mean(both, ~spoken))
    assert ratio.min() > -1, "speech 4 dB below a noise, that is both 1.5 dB above it"
    assert 0.35 < (ratio < 11).float().mean() < 0.65
    assert 0.03 < (ratio > 29).float().mean() < 0.2
