"""The voice with the real synthesiser: what comes out of the loudspeaker later."""

import itertools
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest

from voiceacu.errors import UserError
from voiceacu.pcm import RATE, Samples
from voiceacu.tts.voice import Voice

SENTENCE = "Slide your fists under your back, just above the waist."


@pytest.fixture
def voice(tmp_path: Path) -> Iterator[Voice]:
    voice = Voice(tmp_path / "speech")
    yield voice
    voice.close()


def active_db(samples: Samples) -> float:
    blocks = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    power = (blocks**2).mean(axis=1)
    return float(10 * np.log10(power[power > power.max() * 1e-4].mean()))


def sounding_at(samples: Samples, where: slice) -> bool:
    return bool(np.abs(samples[where]).max() > 0.01)


def test_a_sentence_is_spoken_evenly_and_without_dead_time(voice: Voice) -> None:
    speech = voice.render(SENTENCE, 150)
    assert speech.dtype == np.float32
    assert 2.5 < len(speech) / RATE < 5.0
    assert active_db(speech) == pytest.approx(-23, abs=1.5)
    assert np.abs(speech).max() <= 0.7
    assert sounding_at(speech, slice(0, RATE // 10))
    assert sounding_at(speech, slice(-RATE // 2, None))
    assert not speech[-round(0.3 * RATE) :].any()  # a rest before the next sentence
    assert abs(speech[0]) < 0.001 and abs(speech[-1]) < 0.001


def test_short_and_long_sentences_are_equally_loud(voice: Voice) -> None:
    texts = ("Good.", "Left side first.", SENTENCE)
    levels = [active_db(voice.render(text, 150)) for text in texts]
    assert max(levels) - min(levels) < 1.5


def test_slower_speech_takes_longer(voice: Voice) -> None:
    slow, fast = (len(voice.render(SENTENCE, pace)) for pace in (110, 190))
    assert slow > 1.3 * fast


def test_a_session_sounds_the_same_again(voice: Voice) -> None:
    speak = (
        "from hashlib import sha1; from voiceacu.tts.voice import Voice; v = Voice(None);"
        "print(*[sha1(v.render(t, 150)).hexdigest() for t in ('Breathe in.', 'Breathe out.')])"
    )
    runs = [
        subprocess.run([sys.executable, "-P", "-c", speak], capture_output=True, check=True).stdout
        for _ in range(3)
    ]
    assert runs[0].strip()
    assert runs[1:] == runs[:-1]


def test_a_change_of_pace_or_voice_holds_from_the_very_next_sentence(voice: Voice) -> None:
    other = Voice(None, voice="en-us+f2", pitch=60)
    lengths: dict[int, list[int]] = {}
    for pace in (110, 190, 130, 190, 110, 130, 110):
        lengths.setdefault(pace, []).append(len(other.render(SENTENCE, pace)))
        lengths[pace].append(len(voice.render(f"{SENTENCE}{'.' * len(lengths)}", pace)))
    other.close()
    spread = [(min(found), max(found)) for _, found in sorted(lengths.items(), reverse=True)]
    assert all(longest < 1.08 * shortest for shortest, longest in spread), lengths
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spread)), lengths


@pytest.mark.parametrize("pace", [20, 1000])
def test_an_extreme_pace_is_spoken_as_well_as_can_be(voice: Voice, pace: int) -> None:
    assert voice.render("Good.", pace).size > 0


@pytest.mark.parametrize("text", ["", "   ", "...", "—", "?!"])
def test_nothing_to_say_is_silent(voice: Voice, text: str) -> None:
    assert voice.render(text, 150).size == 0


def test_many_threads_each_get_their_own_sentence(voice: Voice) -> None:
    texts = ["One.", "Two fingers.", "Three inches from the spine.", SENTENCE] * 5
    lengths: dict[int, int] = {}

    def speak(index: int) -> None:
        lengths[index] = len(voice.render(texts[index], 150))

    threads = [threading.Thread(target=speak, args=(i,)) for i in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = {text: len(voice.render(text, 150)) for text in set(texts)}
    assert all(abs(lengths[i] - alone[t]) < RATE // 20 for i, t in enumerate(texts))


def test_two_voices_may_work_side_by_side(tmp_path: Path) -> None:
    voices = [Voice(None), Voice(None)]
    results: list[Samples] = []
    threads = [
        threading.Thread(target=lambda v=v: results.append(v.render(SENTENCE, 150)))
        for v in voices
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for voice in voices:
        voice.close()
    assert len(results) == 10
    assert all(abs(len(r) - len(results[0])) < RATE // 20 for r in results)


def test_close_releases_who_waits_for_minutes_of_text() -> None:
    voice = Voice(None)
    voice.render("Ready.", 150)
    outcome: list[object] = []

    def speak() -> None:
        try:
            outcome.append(voice.render("one more word " * 20_000, 150))
        except CancelledError as error:
            outcome.append(error)

    waiting = threading.Thread(target=speak)
    waiting.start()
    closing = threading.Thread(target=voice.close)
    closing.start()
    closing.join(timeout=1.0)
    assert not closing.is_alive()
    waiting.join(timeout=1.0)
    assert isinstance(outcome[0], CancelledError)


def test_a_closed_voice_answers_at_once() -> None:
    voice = Voice(None)
    voice.close()
    with pytest.raises(CancelledError):
        voice.render(SENTENCE, 150)


def test_an_unknown_voice_is_said_clearly() -> None:
    voice = Voice(None, voice="xx-nowhere")
    with pytest.raises(UserError, match="xx-nowhere"):
        voice.render(SENTENCE, 150)
    voice.close()


def test_a_machine_without_any_synthesiser_is_told_the_next_step(tmp_path: Path) -> None:
    """A fresh process in which neither the bundled nor a system espeak-ng can be loaded."""
    script = (
        "import sys, ctypes\n"
        "sys.modules['espeakng_loader'] = None\n"
        "def no(self, name): raise OSError(name + ' is not here')\n"
        "ctypes.LibraryLoader.LoadLibrary = no\n"
        "from voiceacu.tts.voice import Voice\n"
        "from voiceacu.errors import UserError\n"
        "v = Voice(None)\n"
        "try: v.render('Hello', 150)\n"
        "except UserError as e: print(e)\n"
        "v.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "espeak-ng" in done.stdout and "install" in done.stdout


def test_standard_output_stays_ours(tmp_path: Path) -> None:
    script = (
        "from voiceacu.tts.voice import Voice\n"
        "v = Voice(None); v.render('Hello there.', 150); v.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_file_is_left_open() -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc to count open files")
    Voice(None).close()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        voice = Voice(None)
        voice.render("Good.", 150)
        voice.close()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
