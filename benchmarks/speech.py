"""The ears measured: ``python -m benchmarks.speech --work DIR`` prints and writes all tables.

``DIR`` is the recipe's work folder: ``DIR/data`` holds what ``python -m training fetch`` brought,
``DIR/held_out.jsonl`` the sentences kept out of training (``python -m training prepare``). The
synthetic test phrases are made there on the first run. PocketSphinx hears a part of the same
recordings in the same run, because it is many times slower. Each measurement is kept in
``DIR/speech``, by model: an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import platform
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.speech_report import SECTIONS
from benchmarks.speech_tables import Bench, Cell, cells, measure

ROOT = Path(__file__).resolve().parents[1]
REPORT = Path(__file__).with_name("speech.md")


def fingerprint(model: Path) -> str:
    """Short hash of a model's files and of what the product listens for."""
    parts = [p for p in sorted(model.rglob("*")) if p.is_file() and p.suffix != ".md"]
    parts += sorted((ROOT / "data").glob("*.yaml"))
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()[:10]


def run(bench: Bench, wanted: list[Cell], folder: Path, processes: int) -> None:
    """Measure the cells that are not there yet, several at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    todo = [cell for cell in wanted if not _path(folder, cell).exists()]
    with ProcessPoolExecutor(processes) as pool:
        jobs = [pool.submit(measure, cell, bench, _path(folder, cell)) for cell in todo]
        bar = tqdm(as_completed(jobs), total=len(jobs), desc="cells")
        for job in bar:
            bar.write(job.result())


def _path(folder: Path, cell: Cell) -> Path:
    return folder / f"{cell.name.replace(' ', '-')}.json"


def _results(folder: Path) -> dict[str, Any]:
    rows = {cell.name: _path(folder, cell) for cell in cells()}
    return {
        name: json.loads(path.read_text())["result"] for name, path in rows.items() if path.exists()
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="work folder of the recipe")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "voiceacu-en")
    parser.add_argument("--only", nargs="*", metavar="WORD", help="cells whose name holds one")
    parser.add_argument(
        "--orders", type=int, default=Bench.orders, metavar="N", help="every N-th order"
    )
    parser.add_argument(
        "--phrases", type=int, default=Bench.phrases, metavar="N", help="sentences of phrases.txt"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--report", type=Path, default=REPORT)
    args = parser.parse_args()
    bench = Bench(args.work.resolve(), args.model.resolve(), args.orders, phrases=args.phrases)
    name = f"{fingerprint(bench.model)}-{bench.orders}-{bench.phrases}"
    folder = bench.work / "speech" / name
    wanted = [c for c in cells() if args.only is None or any(w in c.name for w in args.only)]
    run(bench, wanted, folder, args.processes)
    results = _results(folder)
    date = datetime.datetime.now(datetime.UTC).date()
    head = f"# The ears measured\n\n{date}, {os.cpu_count()}-core {platform.machine()} server, "
    head += "`python -m benchmarks.speech --work DIR`.\n\n"
    report = head + "\n".join(section(results) for section in SECTIONS)
    args.report.write_text(report)
    print(report)


if __name__ == "__main__":
    main()
