import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceacu.audio.mixer import CEILING, Mixer
from voiceacu.pcm import BLOCK, RATE, Samples

from .sounds import noise, tone


def play(mixer: Mixer, seconds: float) -> Samples:
    return np.concatenate([mixer.render() for _ in range(round(seconds * RATE / BLOCK))])


def rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def speaking() -> tuple[Mixer, float]:
    """A mixer that has said the first 0.2 of 2 seconds, and how loud."""
    mixer = Mixer()
    mixer.speak(1, tone(400, 2.0))
    return mixer, rms(play(mixer, 0.2))


def test_speech_comes_out_as_it_went_in_and_is_reported_once() -> None:
    mixer, speech = Mixer(), tone(300, 0.255)
    mixer.speak(7, speech)
    assert mixer.speaking
    heard = play(mixer, 0.3)
    np.testing.assert_allclose(heard[: len(speech)], speech, atol=1e-6)
    assert not heard[len(speech) :].any()
    assert not mixer.speaking
    assert mixer.finished() == [7]
    assert mixer.finished() == []


def test_a_hush_silences_within_30_ms_and_the_sentence_never_finishes() -> None:
    mixer = Mixer()
    mixer.speak(1, tone(300, 2.0))
    play(mixer, 0.5)
    mixer.hush()
    after = play(mixer, 2.0)
    assert not after[round(0.03 * RATE) :].any()
    assert mixer.finished() == []


def test_a_cut_makes_no_click() -> None:
    mixer = Mixer()
    mixer.speak(1, tone(100, 2.0))
    before = play(mixer, 0.1025)
    mixer.hush()
    steps = np.abs(np.diff(np.concatenate([before, play(mixer, 0.1)])))
    assert steps.max() < 0.03  # the sine itself moves by 0.02 a sample


def test_a_new_sentence_takes_the_place_of_the_old_one() -> None:
    mixer = Mixer()
    mixer.speak(1, tone(300, 1.0))
    play(mixer, 0.2)
    mixer.speak(2, tone(500, 0.5))
    play(mixer, 2.0)
    assert mixer.finished() == [2]


def test_an_empty_sentence_finishes_at_once() -> None:
    mixer = Mixer()
    mixer.speak(3, np.zeros(0, np.float32))
    mixer.render()
    assert mixer.finished() == [3]


def test_an_earcon_sounds_over_speech_and_outlives_a_hush() -> None:
    mixer = Mixer()
    mixer.speak(1, tone(300, 1.0, 0.2))
    mixer.chime(tone(900, 0.5, 0.2))
    both = play(mixer, 0.1)
    assert rms(both) == pytest.approx(0.2, abs=0.01)
    mixer.hush()
    assert rms(play(mixer, 0.3)[800:]) == pytest.approx(0.2 / np.sqrt(2), abs=0.01)


def test_ducking_lowers_speech_by_20_db_within_30_ms_and_comes_back() -> None:
    mixer, loud = speaking()
    mixer.duck(True)
    play(mixer, 0.03)
    assert rms(play(mixer, 0.2)) == pytest.approx(loud / 10, rel=0.05)
    mixer.duck(False)
    play(mixer, 0.5)
    assert rms(play(mixer, 0.2)) == pytest.approx(loud, rel=0.05)


def test_muted_speech_is_silent_within_30_ms_goes_on_and_comes_back() -> None:
    mixer, loud = speaking()
    mixer.duck(True)
    play(mixer, 0.1)
    mixer.mute()
    play(mixer, 0.03)
    assert not play(mixer, 0.57).any()
    mixer.duck(False)
    play(mixer, 0.5)
    assert rms(play(mixer, 0.2)) == pytest.approx(loud, rel=0.05)
    play(mixer, 0.4)
    assert mixer.finished() == [1]


def test_a_sentence_cut_while_muted_stays_silent_and_the_next_is_not_lowered() -> None:
    mixer, loud = speaking()
    mixer.duck(True)
    mixer.mute()
    play(mixer, 0.1)
    mixer.hush()
    mixer.duck(False)
    assert not play(mixer, 0.1).any()
    mixer.duck(True)
    mixer.speak(2, tone(400, 2.0))
    mixer.duck(False)
    assert rms(play(mixer, 0.2)) == pytest.approx(loud, rel=0.05)


def test_a_sentence_cut_while_ducked_stays_low_to_its_end() -> None:
    mixer, loud = speaking()
    mixer.duck(True)
    play(mixer, 0.1)
    mixer.hush()
    mixer.duck(False)
    assert 0 < rms(play(mixer, 0.02)) < loud / 10
    assert not play(mixer, 0.1).any()


def test_loudness_moves_to_its_target_without_a_jump() -> None:
    mixer = Mixer()
    mixer.speak(1, np.full(5 * RATE, 0.1, np.float32))
    play(mixer, 0.1)
    mixer.volume_db = -12.0
    moving = play(mixer, 1.0)
    assert moving[-1] == pytest.approx(0.1 * 10 ** (-12 / 20), rel=0.01)
    assert np.abs(np.diff(moving)).max() < 0.001


def test_a_long_fade_takes_its_time() -> None:
    mixer = Mixer()
    mixer.speak(1, np.full(5 * RATE, 0.1, np.float32))
    mixer.render()
    mixer.fade(-40.0, 2.0)
    half = play(mixer, 1.0)
    assert 20 * np.log10(half[-1] / 0.1) == pytest.approx(-20.0, abs=1.0)
    assert 20 * np.log10(play(mixer, 1.2)[-1] / 0.1) == pytest.approx(-40.0, abs=0.1)


def test_following_the_talker_adds_to_the_chosen_loudness() -> None:
    mixer = Mixer()
    mixer.volume_db = -6.0
    mixer.follow(-6.0)
    mixer.render()
    mixer.speak(1, np.full(RATE, 0.1, np.float32))
    assert mixer.render()[-1] == pytest.approx(0.1 * 10 ** (-12 / 20), rel=0.01)
    assert mixer.volume_db == -6.0


def test_however_loud_nothing_passes_the_ceiling() -> None:
    mixer = Mixer()
    mixer.volume_db = 60.0
    for i in range(5):
        mixer.chime(noise(1.0, 0.5, seed=i))
    mixer.speak(1, noise(1.0, 0.5, seed=9))
    assert np.abs(play(mixer, 1.1)).max() <= CEILING


def test_breath_tones_swell_in_and_out_and_never_start_hard() -> None:
    mixer = Mixer()
    mixer.breathe(4.0, 6.0)
    cycle = play(mixer, 10.0)
    assert rms(cycle[: round(0.05 * RATE)]) < 0.001
    assert rms(cycle[round(1.5 * RATE) : round(2.5 * RATE)]) > 0.02
    assert rms(cycle[round(3.85 * RATE) : round(4.1 * RATE)]) < 0.002
    assert rms(cycle[round(6.5 * RATE) : round(7.0 * RATE)]) > 0.02
    assert np.abs(np.diff(cycle)).max() < 0.02
    np.testing.assert_allclose(
        np.abs(play(mixer, 10.0)).reshape(100, -1).max(axis=1),
        np.abs(cycle).reshape(100, -1).max(axis=1),
        atol=0.01,
    )


def test_breath_tones_step_back_under_speech_and_end_softly() -> None:
    mixer = Mixer()
    mixer.breathe(4.0, 6.0)
    play(mixer, 1.5)
    alone = rms(play(mixer, 0.5))
    mixer.speak(1, np.zeros(RATE, np.float32))
    play(mixer, 0.3)
    assert rms(play(mixer, 0.2)) < alone / 2
    mixer.stop_breathing()
    play(mixer, 0.7)
    assert not play(mixer, 10.0).any()


def test_silence_costs_no_new_samples() -> None:
    mixer = Mixer()
    assert mixer.render() is mixer.render()


operations = st.one_of(
    st.tuples(st.just("speak"), st.integers(0, 8000)),
    st.tuples(st.just("hush"), st.none()),
    st.tuples(st.just("chime"), st.integers(0, 4000)),
    st.tuples(st.just("duck"), st.booleans()),
    st.tuples(st.just("volume"), st.floats(-100, 100)),
    st.tuples(st.just("breathe"), st.floats(0, 8)),
    st.tuples(st.just("stop_breathing"), st.none()),
    st.tuples(st.just("play"), st.integers(1, 60)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(operations, max_size=40))
def test_in_any_order_ids_finish_once_in_order_and_cut_ones_never(  # noqa: PLR0912
    ops: list[tuple[str, float | None]],
) -> None:
    mixer = Mixer()
    current: int | None = None
    spoken, cut, finished = 0, set(), []
    for operation in ops:
        match operation:
            case "speak", int(length):
                if current is not None:
                    cut.add(current)
                spoken += 1
                current = spoken
                mixer.speak(spoken, noise(length / RATE, 0.3, seed=spoken))
            case "hush", _:
                if current is not None:
                    cut.add(current)
                current = None
                mixer.hush()
            case "chime", int(length):
                mixer.chime(noise(length / RATE, 0.3))
            case "duck", bool(on):
                mixer.duck(on)
            case "volume", float(decibels):
                mixer.volume_db = decibels
            case "breathe", float(seconds):
                mixer.breathe(seconds, seconds)
            case "stop_breathing", _:
                mixer.stop_breathing()
            case "play", int(blocks):
                for _ in range(blocks):
                    block = mixer.render()
                    assert block.shape == (BLOCK,)
                    assert block.dtype == np.float32
                    assert np.isfinite(block).all()
                    assert np.abs(block).max() <= CEILING
                done = mixer.finished()
                if current in done:
                    current = None
                finished += done
            case _:
                pytest.fail(f"no such operation: {operation}")
    play(mixer, 1.0)
    finished += mixer.finished()
    assert finished == sorted(set(finished))
    assert set(finished) == set(range(1, spoken + 1)) - cut
