"""Command line: ``python -m training STAGE… --work DIR`` or ``python -m training all``."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from training.accelerated import Rush
from training.network import Shape
from training.stages import ASIDE, SHIPPED, STAGES, Settings
from training.train import Plan

TINY_STAGES = [name for name in STAGES if name not in ("fetch", "prepare")]


def tiny(settings: Settings) -> Settings:
    """A run of a few minutes on synthetic voices only, from a flat start."""
    plan = replace(
        settings.plan, epochs=10, pieces=4, compile=False, rate=4e-3, average=0.95, threads=1
    )
    shape = Shape(front=32, width=64, rank=24, taps=("both", "both", "left"))
    return replace(
        settings,
        aligner=None,
        shards=2,
        sentences=120,
        pieces=2,
        kitchens=2,
        rooms=4,
        copies=1,
        shape=shape,
        plan=plan,
        grown=(96, 32),
        remembering=(112, 40),
        memories=(0, 2),
        rush=Rush(steps=10, lanes=2, hours=0.02),
    )


def main(arguments: list[str] | None = None) -> None:
    """Run the stages that were asked for, in the recipe's order."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument(
        "stages",
        nargs="+",
        choices=[*ASIDE, *STAGES, "all"],
        metavar="STAGE",
        help=f"one or more of: {', '.join([*ASIDE, *STAGES])}, all",
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for everything made")
    parser.add_argument("--mirror", type=Path, help="folder of bare clones (default: WORK/mirror)")
    parser.add_argument(
        "--aligner", default=str(SHIPPED), help="model for the first alignment, or flat"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--epochs", type=float, help="of each training")
    parser.add_argument("--minutes", type=float, help="at most, of each training")
    parser.add_argument("--unknown-cost", type=float, default=Settings.unknown_cost)
    parser.add_argument("--tiny", action="store_true", help=tiny.__doc__)
    args = parser.parse_args(arguments)
    plan = Plan(threads=args.processes)
    settings = Settings(
        work=args.work,
        mirror=args.mirror or args.work / "mirror",
        aligner=None if args.aligner == "flat" else Path(args.aligner),
        processes=args.processes,
        unknown_cost=args.unknown_cost,
        plan=plan,
    )
    if args.tiny:
        settings = tiny(settings)
    changes = {k: getattr(args, k) for k in ("epochs", "minutes") if getattr(args, k) is not None}
    settings = replace(settings, plan=replace(settings.plan, **changes))
    if args.minutes is not None:
        settings = replace(settings, rush=replace(settings.rush, seconds=60 * args.minutes))
    wanted = set(args.stages)
    if "all" in wanted:
        wanted = set(TINY_STAGES if args.tiny else STAGES)
    settings.work.mkdir(parents=True, exist_ok=True)
    for name, stage in {**ASIDE, **STAGES}.items():
        if name in wanted:
            print(f"== {name}", flush=True)
            stage(settings)


if __name__ == "__main__":
    main()
