"""How long until it listens, how much memory it holds, how fast a text is understood.

    python -m benchmarks.app

Starts `voiceacu listen` on real PulseAudio devices (two null sinks) and takes the time from the
start of the process to its greeting, which comes once microphone, model and grammar are open.
Writes `benchmarks/app.md`.
"""

import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.markdown import table
from tests.audio.pulse import Pulse
from voiceacu.app.knowledge import load_knowledge
from voiceacu.settings import Settings

RUNS = 7
SETTLE = 6.0
TARGET = Path(__file__).with_name("app.md")


def main() -> None:
    """Measure, print and write the table."""
    server = Pulse()
    server.start()
    try:
        with tempfile.TemporaryDirectory() as home:
            runs = [start_up(server.environment, home) for _ in range(RUNS + 1)][1:]
    finally:
        server.close()
    seconds, memory = zip(*runs, strict=True)
    delays = understanding()
    rows = [
        ("process start to listening, median", f"{statistics.median(seconds):.2f} s", "1.5 s"),
        ("resident memory while it listens", f"{max(memory):.0f} MB", "250 MB"),
        ("understanding a text, median", f"{statistics.median(delays):.3f} ms", ""),
        ("understanding a text, 99th percentile", f"{percentile(delays, 99):.3f} ms", "1 ms"),
    ]
    found = table(("measure", "found", "at most"), rows)
    cores = os.cpu_count()
    where = f"`python -m benchmarks.app`, {date.today()}, {platform.machine()}, {cores} cores."
    TARGET.write_text("\n".join(["# Start, memory, understanding", "", found, where, ""]))
    print(TARGET.read_text())


def start_up(environment: dict[str, str], home: str) -> tuple[float, float]:
    """Seconds from the start to the greeting, and megabytes some seconds later."""
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "voiceacu", "listen"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment, "XDG_DATA_HOME": home, "XDG_CACHE_HOME": home},
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        seconds = time.monotonic() - began
        time.sleep(SETTLE)
        status = Path(f"/proc/{running.pid}/status").read_text(encoding="utf-8")
        running.terminate()
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return seconds, int(kilobytes) / 1000


def understanding(count: int = 5000) -> list[float]:
    """Milliseconds for each of many texts: commands, and household talk of the same words."""
    table = load_knowledge(Settings()).table
    phrases = list(dict.fromkeys(table.grammar()))
    words = sorted({word for phrase in phrases for word in phrase.split()})
    chance = random.Random(0)
    texts = chance.choices(phrases, k=count // 2)
    texts += [" ".join(chance.choices(words, k=chance.randint(1, 9))) for _ in range(count // 2)]
    delays = []
    for text in texts:
        began = time.perf_counter()
        table.understand(text)
        delays.append((time.perf_counter() - began) * 1000)
    return delays


def percentile(values: list[float], share: int) -> float:
    """The value that `share` percent do not exceed."""
    return statistics.quantiles(values, n=100)[share - 1]


if __name__ == "__main__":
    main()
