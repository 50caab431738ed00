"""The one place that touches pyttsx3: text in, raw audio out, nothing played.

pyttsx3 only ever saves here. Its own playback cannot be interrupted and owns the loudspeaker,
which the echo canceller must know sample by sample. The espeak driver hands its text to a
thread of the library and returns at once, so an `Engine` waits for the driver's
"finished-utterance" and then reads back what was written: a file is never trusted unseen.
"""

import ctypes
import io
import os
import sys
import tempfile
import textwrap
import threading
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyttsx3
import soundfile
from numpy.typing import NDArray

from voiceacu.errors import UserError

POLL = 0.02
"""Seconds between two looks at a file whose driver does not report its end."""

TAKEN = 0.001
"""Seconds between two looks whether espeak-ng has taken a setting."""

LOOKS = 200
"""How often it is looked at most."""

ATTEMPTS = 4
"""How often a piece of text that comes out silent is tried."""

PATIENCE = 20.0
"""Seconds after which a synthesiser that has not finished is given up."""

LONGEST = 400
"""Characters given to the synthesiser at once: minutes of text crash espeak-ng 1.52, and
between two pieces a call can be aborted. Sentences are far shorter."""

FIRST_RATE = 200
"""Words per minute that pyttsx3's driver asks for at its start. What is said first decides how
all else flutters, so it must be of one length."""

SEED = 1
"""espeak-ng draws breath and flutter at random: from one seed a session sounds the same again."""

_ONE_AT_A_TIME = threading.Lock()
"""espeak-ng keeps one state for the whole process; two saves at once lose a file and hang."""


class Engine:
    """A speech synthesiser of this machine. Make it and use it in one thread.

    `voice` is an espeak-ng voice name with an optional variant (`en-us+f5`); where the
    operating system's own voices are used instead, the first one of that language is taken.
    `pitch` is 0..99 (espeak-ng only).

    Raises UserError where no synthesiser can be started.
    """

    def __init__(self, voice: str, pitch: int) -> None:
        self._finished = threading.Event()
        self._aborted = threading.Event()
        self._failure: Exception | None = None
        self._engine, self._reports_end = _start()
        self._voice = voice if self._reports_end else _system_voice(self._engine, voice)
        self._pitch = pitch
        self._scratch = _Scratch()
        self._tokens = (
            self._engine.connect("finished-utterance", self._on_finished),
            self._engine.connect("error", self._on_error),
        )
        with _ONE_AT_A_TIME:
            if self._reports_end:
                self._await(rate=FIRST_RATE)
            # Before the first save pyttsx3 puts settings off, and their errors with them.
            self._save("a")

    def synthesise(self, text: str, words_per_minute: int) -> tuple[NDArray[np.float32], int]:
        """`text` as mono samples at the synthesiser's own rate, and that rate in hertz.

        `text` must contain something to say. Raises UserError where the synthesiser fails,
        CancelledError when aborted.
        """
        with _ONE_AT_A_TIME:
            self._tune(words_per_minute)
            parts = [self._save(part) for part in textwrap.wrap(text, LONGEST)]
        return np.concatenate([samples for samples, _ in parts]), parts[0][1]

    def abort(self) -> None:
        """End the call of `synthesise` now under way, and every later one. Any thread may."""
        self._aborted.set()

    def close(self) -> None:
        """Give back the scratch file; to be called in the engine's own thread."""
        self._engine.disconnect(self._tokens[0])
        self._engine.disconnect(self._tokens[1])
        self._scratch.close()

    def _tune(self, words_per_minute: int) -> None:
        """Voice, pace and pitch for the next sentence.

        espeak-ng takes pace and pitch in its own thread, and beginning to save drops whatever
        it has not taken yet, so each is awaited.
        """
        self._set("voice", self._voice)
        self._set("rate", words_per_minute)
        if self._reports_end:
            self._set("pitch", self._pitch)
            self._await(rate=words_per_minute, pitch=self._pitch)

    def _await(self, **wanted: int) -> None:
        """Until espeak-ng has taken these settings; out of its range, it takes the nearest."""
        for _ in range(LOOKS):
            if all(self._engine.getProperty(name) == value for name, value in wanted.items()):
                return
            self._aborted.wait(TAKEN)

    def _set(self, name: str, value: object) -> None:
        self._failure = None
        self._engine.setProperty(name, value)
        if self._failure is not None:
            raise UserError(
                f"the speech synthesiser does not take {name} {value!r}: {self._failure}; "
                "name another voice"
            )

    def _save(self, text: str) -> tuple[NDArray[np.float32], int]:
        """One short piece of text as sound.

        The news of an earlier end can come late and be taken for this one's: the file is empty
        then, and the piece is made anew.
        """
        for _ in range(ATTEMPTS):
            samples, rate = self._save_once(text)
            if samples.any():
                return samples, rate
        raise UserError(f"the speech synthesiser gave only silence for {text!r}; try again")

    def _save_once(self, text: str) -> tuple[NDArray[np.float32], int]:
        """One short piece of text through the synthesiser, to its end."""
        if self._aborted.is_set():
            raise CancelledError
        self._finished.clear()
        self._scratch.clear()
        if self._reports_end:
            _seed()
        self._engine.save_to_file(text, str(self._scratch.path))
        self._engine.runAndWait()
        self._wait()
        return _read(self._scratch.path, text)

    def _wait(self) -> None:
        """Until the audio is written: the driver says so, or the file stops growing."""
        size = 0
        for _ in range(int(PATIENCE / POLL)):
            if self._finished.wait(POLL):
                return
            grown = self._scratch.size()
            if not self._reports_end and 0 < grown == size:
                return
            size = grown
        raise UserError(
            f"the speech synthesiser did not finish within {PATIENCE:.0f} s; "
            "try again, or use `voiceacu chat`, which needs no voice"
        )

    def _on_finished(self, **_: object) -> None:
        self._finished.set()

    def _on_error(self, exception: Exception, **_: object) -> None:
        self._failure = exception


def _start() -> tuple[Any, bool]:
    """A pyttsx3 engine, and whether it is espeak-ng, which reports the end of a save.

    espeak-ng is tried first everywhere, since it sounds the same on every machine; the
    operating system's own synthesiser is the second choice.
    """
    _provide_espeak()
    reasons = []
    for driver in ("espeak", None):
        try:
            engine = pyttsx3.init(driver)
        except Exception as error:  # each driver raises what its platform raises
            reasons.append(f"{driver or sys.platform}: {error}")
            continue
        if driver == "espeak":
            # The driver prints "Audio saved to" for each file; standard output is ours.
            sys.modules["pyttsx3.drivers.espeak"].__dict__["print"] = lambda *_: None
        return engine, driver == "espeak"
    raise UserError(
        f"no speech synthesiser starts ({'; '.join(reasons)}); type "
        "`pip install espeakng-loader`, or on Debian `sudo apt-get install espeak-ng`"
    )


def _provide_espeak() -> None:
    """Load the espeak-ng that comes as a Python package, where it is there.

    pyttsx3 looks for the library by name, so it must be in the process first. Without its data
    path espeak-ng ends the whole process; with the path of another version it may, too, so the
    path is set only together with the library it belongs to.
    """
    try:
        import espeakng_loader  # noqa: PLC0415 - not built for every platform

        data = Path(espeakng_loader.get_data_path())
        if not (data / "phontab").is_file():
            return
        ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    except (ImportError, OSError, RuntimeError):
        return
    os.environ["ESPEAK_DATA_PATH"] = str(data)


def _seed() -> None:
    """Start espeak-ng's random numbers afresh; versions before 1.50 had no such call."""
    with suppress(AttributeError):
        sys.modules["pyttsx3.drivers._espeak"].dll.espeak_ng_SetRandSeed(ctypes.c_long(SEED))


def _system_voice(engine: Any, voice: str) -> str | None:
    """The id of an operating-system voice that speaks the language of `voice`, if one does."""
    language = voice.partition("+")[0].lower()
    spoken = {v.id: [str(x).lower().replace("_", "-") for x in v.languages or ()]
              for v in engine.getProperty("voices") or ()}  # fmt: skip
    for wanted in (language, language[:2]):
        for identity, languages in spoken.items():
            if any(x.startswith(wanted) for x in languages):
                return str(identity)
    return None


class _Scratch:
    """A file for one utterance after the other: in memory where the system can.

    The espeak driver swallows a failed write and never reports an end, so no disk may be full.
    The file lives as long as its engine: the library writes from a thread of its own.
    """

    def __init__(self) -> None:
        self._handle: int | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
            self._handle = os.memfd_create("utterance")
            self.path = Path(f"/proc/self/fd/{self._handle}")
        else:
            self._folder = tempfile.TemporaryDirectory()
            self.path = Path(self._folder.name) / "utterance.wav"

    def clear(self) -> None:
        if self._handle is not None:
            os.truncate(self._handle, 0)
        else:
            self.path.unlink(missing_ok=True)

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
        if self._folder is not None:
            self._folder.cleanup()


def _read(path: Path, text: str) -> tuple[NDArray[np.float32], int]:
    """What the synthesiser wrote (WAV, or AIFF on macOS), as mono samples and rate."""
    try:
        samples, rate = soundfile.read(
            io.BytesIO(path.read_bytes()), dtype="float32", always_2d=True
        )
    except (OSError, soundfile.SoundFileError) as error:
        raise UserError(
            f"the speech synthesiser wrote no readable audio for {text!r} ({error}); try again"
        ) from error
    return samples.mean(axis=1, dtype=np.float32), int(rate)
