"""The assistant's voice: one worker thread around the engine, a disk cache before it."""

import json
import queue
import threading
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voiceacu.errors import UserError
from voiceacu.pcm import Samples
from voiceacu.tts.cache import PcmCache
from voiceacu.tts.polish import polish

if TYPE_CHECKING:
    from voiceacu.tts.engine import Engine

VOICE = "en-us+f5"
"""Of all espeak-ng variants the breathiest without roughness, and among the three that a
recogniser understands best; `PITCH` brings it from 205 Hz down to a calmer 178 Hz."""

PITCH = 35

REST = 45.0
"""The silence after a sentence, in seconds times words a minute: 0.3 s at 150. espeak-ng's pace
counts such rests in; without them it rushes."""

VERSION = 3
"""Part of each cache key: raise it when the same text comes to sound different."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A sentence to render, for whoever waits; without one, the worker is to end."""

    text: str | None = None
    words_per_minute: int = 0
    done: "Future[Samples]" = field(default_factory=Future)


class Voice:
    """Renders sentences to samples. Any thread may ask; one worker does the work.

    `cache` is the folder of rendered sentences, or None for none; `voice` and `pitch` as in
    `Engine`. The synthesiser starts with the first sentence.
    """

    def __init__(self, cache: Path | None, voice: str = VOICE, pitch: int = PITCH) -> None:
        self._cache = PcmCache(cache) if cache is not None else None
        self._voice = voice
        self._pitch = pitch
        self._told = False
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._engine: Engine | None = None
        self._worker: threading.Thread | None = None
        self._guard = threading.Lock()

    def render(self, text: str, words_per_minute: int) -> Samples:
        """`text` as speech; blocks until it is there. Text with nothing to say is empty.

        Raises UserError where the machine has no voice, CancelledError once closed.
        """
        if not _speakable(text):
            return np.zeros(0, np.float32)
        kept = self._kept(text, words_per_minute)
        return self._ask(text, words_per_minute).result() if kept is None else kept

    def warnings(self) -> tuple[str, ...]:
        """What went wrong without stopping the voice, each told once."""
        if self._told or self._cache is None or not self._cache.warning:
            return ()
        self._told = True
        return (self._cache.warning,)

    def close(self) -> None:
        """End within a second, also in the middle of a sentence; whoever waits is released."""
        self._closed.set()
        with self._guard:
            worker, engine = self._worker, self._engine
        if engine is not None:
            engine.abort()
        if worker is not None:
            self._jobs.put(_Job())
            worker.join(timeout=0.8)
        self._cancel_waiting()

    def _ask(self, text: str, words_per_minute: int) -> "Future[Samples]":
        job = _Job(text, words_per_minute)
        with self._guard:
            if self._worker is None and not self._closed.is_set():
                self._worker = threading.Thread(target=self._work, name="voice", daemon=True)
                self._worker.start()
        self._jobs.put(job)
        if self._closed.is_set():
            self._cancel_waiting()
        return job.done

    def _work(self) -> None:
        while not self._closed.is_set():
            job = self._jobs.get()
            if self._closed.is_set() or job.text is None:
                job.done.cancel()
                break
            try:
                job.done.set_result(self._make(job.text, job.words_per_minute))
            except Exception as error:  # whoever waits gets it; the worker lives on
                job.done.set_exception(error)
        if self._engine is not None:
            self._engine.close()

    def _make(self, text: str, words_per_minute: int) -> Samples:
        """Worker thread: from the cache if it has come in meanwhile, else from the engine."""
        kept = self._kept(text, words_per_minute)
        if kept is not None:
            return kept
        engine = self._engine or self._start_engine()
        speech = polish(*engine.synthesise(text, words_per_minute), rest=REST / words_per_minute)
        if self._cache is not None:
            self._cache.put(self._key(text, words_per_minute), speech)
        return speech

    def _start_engine(self) -> "Engine":
        """Worker thread, first sentence: the import alone may fail on a bare machine."""
        try:
            from voiceacu.tts.engine import Engine  # noqa: PLC0415
        except (ImportError, OSError) as error:
            raise UserError(
                f"the voice cannot start ({error}); type `pip install pyttsx3 soundfile`"
            ) from error
        engine = Engine(self._voice, self._pitch)
        with self._guard:
            self._engine = engine
        if self._closed.is_set():
            raise CancelledError
        return engine

    def _kept(self, text: str, words_per_minute: int) -> Samples | None:
        return self._cache.get(self._key(text, words_per_minute)) if self._cache else None

    def _key(self, text: str, words_per_minute: int) -> str:
        return json.dumps([VERSION, self._voice, self._pitch, words_per_minute, text])

    def _cancel_waiting(self) -> None:
        while True:
            try:
                self._jobs.get_nowait().done.cancel()
            except queue.Empty:
                return


def _speakable(text: str) -> bool:
    return any(c.isalnum() for c in text)
