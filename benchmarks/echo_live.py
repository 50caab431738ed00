"""How fast it falls silent and answers, and what it costs, on real sound devices.

    python -m benchmarks.echo_live [--rounds N]

`voiceacu listen` runs as its user runs it, on a PulseAudio server with two null sinks as
microphone and loudspeaker. What the loudspeaker plays comes back into the microphone after 40 ms
at -10 dB. A talker held out of training speaks into the microphone; both monitors are recorded
and the times are taken from the recordings. Writes `benchmarks/echo_live.md`.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.echo_talkers import speech, talkers
from benchmarks.markdown import table
from tests.audio.pulse import Pulse
from voiceacu.audio.wav import write_wav
from voiceacu.pcm import RATE, Samples, from_int16

TARGET = Path(__file__).with_name("echo_live.md")
ECHO_VOLUME = "-10dB"
ASKED = ("how long", "where is it", "what is it good for", "how many points are left", "any tips")
LONG = "which points are there"
"""Its answer takes some seconds."""

TRIES = 3
"""How often a talker asks at most: until the answer sounds, for only then is there something to
stop, or until no other sentence has come between."""

AUDIBLE = 0.004
"""A 10 ms block of the loudspeaker with a larger sample sounds."""

SILENT = 100
"""So many silent blocks at the end of what was recorded are silence for good."""

SETTLED = 5.0
"""Seconds of room noise after which the voice detection knows it."""

TALKER_LEVEL = 0.25
"""Peak of the talker at the microphone."""


class Ear:
    """Records one monitor; `time_of` tells when a sample was there."""

    def __init__(self, pulse: Pulse, source: str) -> None:
        self._chunks: list[Samples] = []
        self._count = 0
        self._zero = float("inf")
        self._process = subprocess.Popen(
            [
                "parec",
                f"--device={source}",
                f"--rate={RATE}",
                "--channels=1",
                "--format=s16le",
                "--latency-msec=10",
            ],
            env=os.environ | pulse.environment,
            stdout=subprocess.PIPE,
        )
        self._first = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        # A null sink's monitor takes its time before the first block.
        if not self._first.wait(10.0):
            raise TimeoutError(f"{source} gives nothing")

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := self._process.stdout.read(320):
            self._count += len(data) // 2
            # The chunk that came with the least delay tells the time best.
            self._zero = min(self._zero, time.monotonic() - self._count / RATE)
            self._chunks.append(from_int16(np.frombuffer(data, np.int16)))
            self._first.set()

    def since(self, moment: float) -> tuple[Samples, float]:
        """What was recorded from a moment on, and the moment of its first sample."""
        sound = np.concatenate(self._chunks)
        start = max(0, round((moment - self._zero) * RATE))
        return sound[start:], self._zero + start / RATE

    def close(self) -> None:
        """End the recording."""
        self._process.kill()
        self._process.wait()


@dataclass
class Bench:
    """The program, its devices and its talker."""

    pulse: Pulse
    folder: Path
    program: subprocess.Popen[str] = field(init=False)
    lines: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.record()
        self._start()

    def record(self) -> None:
        """Begin to record what sounds."""
        self.mic, self.speaker = Ear(self.pulse, "mic.monitor"), Ear(self.pulse, "spk.monitor")

    def deafen(self) -> None:
        """Record no more."""
        self.mic.close()
        self.speaker.close()
        self.pulse.listen_no_more()

    def revive(self) -> None:
        """Start the program again where it has left, as it does after a "stop" in silence."""
        if self.program.poll() is not None:
            self._start()
            self.wait(True, 0.3)
            self.wait(False, 3.0)
            settle(self)

    def _start(self) -> None:
        home = {"XDG_DATA_HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder)}
        self.program = subprocess.Popen(
            [sys.executable, "-m", "voiceacu", "listen"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | self.pulse.environment | home,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.program.stdout is not None
        for line in self.program.stdout:
            self.lines.append((time.monotonic(), line.strip()))

    def say(self, talker: str, text: str) -> float:
        """Speak into the microphone; gives the moment when the speech ended there."""
        sound = speech(talker, text)
        sound = np.float32(TALKER_LEVEL / np.abs(sound).max()) * sound
        write_wav(self.folder / "said.wav", sound)
        began = time.monotonic()
        self.pulse.play(self.folder / "said.wav").wait()
        time.sleep(0.3)
        heard, first = self.mic.since(began - 0.1)
        # Where the talker lies in what the microphone got, echo and all.
        size = 1 << (len(heard) + len(sound)).bit_length()
        match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sound, size)))
        return first + (int(np.argmax(match[: len(heard)])) + len(sound)) / RATE

    def sounding(self, moment: float) -> tuple[np.ndarray, float]:
        """Which 10 ms blocks of the loudspeaker sounded since a moment."""
        sound, first = self.speaker.since(moment)
        blocks = np.abs(sound[: len(sound) // 160 * 160]).reshape(-1, 160).max(axis=1)
        return blocks > AUDIBLE, first

    def wait(self, sounds: bool, steady: float, patience: float = 40.0) -> bool:
        """Until it has been sounding, or silent, for so many seconds."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            time.sleep(0.1)
            blocks, _ = self.sounding(time.monotonic() - steady)
            if len(blocks) > 50 * steady and (blocks.mean() > 0.6 if sounds else not blocks.any()):
                return True
        return False

    def close(self) -> None:
        """End everything."""
        self.program.terminate()
        self.program.wait(timeout=10)
        self.deafen()


def settle(bench: Bench) -> None:
    """Let the sound server's buffers find their lengths, and the echo be found: two answers."""
    for talker in talkers()[:2]:
        bench.say(talker, LONG)
        bench.wait(True, 0.5, 10.0)
        bench.wait(False, 1.5)


def stop_delays(bench: Bench, rounds: int) -> list[float]:
    """Seconds from the end of "stop", said while it answers a question, to silence for good.

    No routine is under way, so nothing is said after it; a pause between two sentences is no
    silence.
    """
    delays, voices = [], talkers()
    for number in range(rounds):
        voice = voices[number % len(voices)]
        for _ in range(TRIES):
            bench.wait(False, 1.5)
            bench.revive()
            bench.say(voice, LONG)
            if bench.wait(True, 0.5, 5.0):
                break
        end = bench.say(voice, "stop")
        time.sleep(2.0)
        blocks, first = bench.sounding(end)
        loud = np.flatnonzero(blocks)
        last = loud[-1] + 1 if len(loud) else 0
        silent = len(blocks) - last >= SILENT
        delays.append(max(0.0, first + last / 100 - end) if silent else float("inf"))
        print(f"stop {number}: {delays[-1] * 1000:.0f} ms", flush=True)
    return delays


def ask_in_silence(bench: Bench, talker: str, question: str) -> float:
    """The moment when a question ended while the loudspeaker was silent; asked again where a
    sentence of the routine has come between, which no answer is as soon as that."""
    end = float("nan")
    for _ in range(TRIES):
        bench.wait(False, 1.0, 60.0)
        end = bench.say(talker, question)
        blocks, _ = bench.sounding(end - 0.1)
        if not blocks[:20].any():
            break
    return end


def answer_delays(bench: Bench, rounds: int) -> list[float]:
    """Seconds from the end of a question, asked in silence, to the first sound of the answer."""
    delays, voices = [], talkers()
    bench.wait(False, 1.5)
    bench.say(voices[0], "start routine")
    bench.wait(False, 2.0)
    for number in range(rounds):
        end = ask_in_silence(bench, voices[number % len(voices)], ASKED[number % len(ASKED)])
        time.sleep(1.5)
        blocks, first = bench.sounding(end)
        loud = np.flatnonzero(blocks)
        delays.append(first + loud[0] / 100 - end if len(loud) else float("inf"))
        print(f"{ASKED[number % len(ASKED)]} {number}: {delays[-1] * 1000:.0f} ms", flush=True)
    return delays


def processor(pid: int) -> float:
    """Seconds of processor time a process used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle_load(bench: Bench, seconds: float) -> float:
    """Share of one core while nobody speaks and it says nothing.

    Nobody else records then, and nothing is looped back: both make the sound server give and ask
    for sound as often as they want it, which no microphone and no loudspeaker does.
    """
    bench.deafen()
    time.sleep(SETTLED)
    said, used, began = len(bench.lines), processor(bench.program.pid), time.monotonic()
    time.sleep(seconds)
    load = (processor(bench.program.pid) - used) / (time.monotonic() - began)
    bench.record()
    return load if len(bench.lines) == said else float("nan")


def speaking_load(bench: Bench, seconds: float) -> float:
    """Share of one core while it speaks."""
    used = passed = 0.0
    end = time.monotonic() + 6 * seconds
    while passed < seconds and time.monotonic() < end:
        before, began = processor(bench.program.pid), time.monotonic()
        time.sleep(1.0)
        blocks, _ = bench.sounding(began)
        if blocks.mean() > 0.4:
            used += processor(bench.program.pid) - before
            passed += time.monotonic() - began
    return used / max(passed, 1e-9)


def room_noise(bench: Bench) -> subprocess.Popen[bytes]:
    """Noise at -60 dBFS in the microphone, for ten minutes."""
    rng = np.random.default_rng(0)
    write_wav(bench.folder / "noise.wav", (1e-3 * rng.normal(size=600 * RATE)).astype(np.float32))
    return bench.pulse.play(bench.folder / "noise.wav")


def lay_echo(pulse: Pulse) -> None:
    """What the loudspeaker plays comes back into the microphone from now on.

    Left to itself the loopback changes its rate to hold its latency: no room does that.
    """
    echo = "source=spk.monitor sink=mic latency_msec=40 adjust_time=0"
    pulse.control("load-module", "module-loopback", *echo.split())
    (sink_input,) = (
        line.split()[0]
        for line in pulse.control("list", "short", "sink-inputs").stdout.splitlines()
        if "loopback" in line
    )
    pulse.control("set-sink-input-volume", sink_input, ECHO_VOLUME)


def percentile(values: list[float], share: float) -> float:
    """In milliseconds; not a number where there is no value."""
    return float(np.percentile(values, share)) * 1000 if values else float("nan")


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    pulse = Pulse()
    pulse.start()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(pulse, Path(folder))
        try:
            bench.wait(True, 0.3)
            bench.wait(False, 3.0)
            noise = room_noise(bench)
            idle = idle_load(bench, 30.0)
            lay_echo(pulse)
            settle(bench)
            stops = stop_delays(bench, rounds)
            answers = answer_delays(bench, rounds)
            bench.say(talkers()[0], "start over")
            speaking = speaking_load(bench, 20.0)
            noise.kill()
            noise.wait()
        finally:
            bench.close()
            pulse.close()
    heard = [delay for delay in stops if delay < float("inf")]
    answered = [delay for delay in answers if delay < float("inf")]
    rows = [
        ('"stop" heard while it speaks', f"{len(heard)} of {len(stops)}", ""),
        ("end of it to silence, 95th percentile", f"{percentile(heard, 95):.0f} ms", "300 ms"),
        ("the same, median", f"{percentile(heard, 50):.0f} ms", ""),
        ("question answered", f"{len(answered)} of {len(answers)}", ""),
        ("end of it to the answer, median", f"{percentile(answered, 50):.0f} ms", "450 ms"),
        ("the same, 95th percentile", f"{percentile(answered, 95):.0f} ms", "700 ms"),
        ("processor, idle in room noise", f"{100 * idle:.1f} % of a core", "2 %"),
        ("processor, while it speaks", f"{100 * speaking:.1f} % of a core", "15 %"),
    ]
    found = table(("what", "found", "at most"), rows)
    where = f"`python -m benchmarks.echo_live`, {rounds} rounds, {date.today()}, "
    where += f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."
    title = "# Falling silent and answering, through real sound devices"
    TARGET.write_text("\n".join([title, "", found, where, ""]), encoding="utf-8")
    print(TARGET.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
