"""Device faults in one session, on a real sound server.

    python -m benchmarks.faults [--faults N] [--seed S]

The assistant leads its routine on a PulseAudio server with null sinks while devices are
suspended, taken away and replaced and the server is killed, one fault after another in random
order. Writes `benchmarks/faults.md`.
"""

import argparse
import os
import platform
import random
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.markdown import table
from tests.audio.faulty import KINDS, Fault, Watch, harassed
from tests.audio.pulse import Pulse

TARGET = Path(__file__).with_name("faults.md")


def report(faults: list[Fault], watch: Watch, seed: int) -> str:
    """The page."""
    rows: list[tuple[object, ...]] = []
    for kind in KINDS:
        times = [fault.recovery for fault in faults if fault.kind == kind]
        survived = sum(time < float("inf") for time in times)
        if times:
            rows.append((kind, len(times), survived, f"{max(times):.1f} s"))
    survived = sum(fault.recovery < float("inf") for fault in faults)
    rows.append(("all", len(faults), survived, f"{max(f.recovery for f in faults):.1f} s"))
    worst = max(map(abs, watch.holds), default=float("nan"))
    return "\n".join(
        [
            "# Device faults in one session",
            "",
            table(("fault", "count", "survived", "longest time until sound flows again"), rows),
            f"{len(watch.holds)} holds ended meanwhile; the worst was {worst:.2f} s off its length",
            f"(at most 0.5 s). Sentences said twice: {len(watch.repeated)}. Commands heard though",
            f"nobody spoke: {len(watch.obeyed)}.",
            "",
            f"`python -m benchmarks.faults --faults {len(faults)} --seed {seed}`, {date.today()}, "
            f"{platform.machine()}, {os.cpu_count()} cores, PulseAudio with null sinks.",
            "The time runs from the end of the fault in steps of 0.2 s: the device is back,",
            "or a new server has answered for 2 s.",
            "",
        ]
    )


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    kinds = [KINDS[i % len(KINDS)] for i in range(arguments.faults)]
    random.Random(arguments.seed).shuffle(kinds)
    pulse = Pulse()
    os.environ.update(pulse.environment)
    pulse.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            faults, watch = harassed(pulse, Path(folder), kinds, arguments.seed)
    finally:
        pulse.close()
    TARGET.write_text(report(faults, watch, arguments.seed), encoding="utf-8")
    print(TARGET.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
