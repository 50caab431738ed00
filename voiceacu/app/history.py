"""`voiceacu history`: the sessions practised, as lines, a chart or a file."""

import sys
from argparse import Namespace
from contextlib import closing
from dataclasses import asdict
from datetime import datetime

from voiceacu.app.terminal import as_json
from voiceacu.content.loader import load_library
from voiceacu.journal.chart import as_lines, draw
from voiceacu.journal.store import Journal
from voiceacu.settings import Settings

WEEKS = 12
"""How many weeks are shown."""


def history(settings: Settings, arguments: Namespace) -> int:
    """Show, draw, export or forget; reading works also while the assistant runs."""
    with closing(Journal(settings.journal, read_only=not arguments.forget)) as journal:
        if arguments.forget:
            journal.forget()
            print("Every session and every answer is forgotten.")
            return 0
        if arguments.export:
            sys.stdout.write(journal.export(arguments.export))
            return 0
        weeks = journal.weeks(WEEKS, datetime.now().date())
        recommended = load_library(settings.points_file).sessions_a_week
        if arguments.plot is not None:
            draw(weeks, recommended, arguments.plot)
            print(arguments.plot)
        elif arguments.json:
            for week in weeks:
                print(as_json({**asdict(week), "monday": week.monday.isoformat()}))
        else:
            print("\n".join(as_lines(weeks, recommended)))
            pregnant = journal.pregnant()
            if pregnant is not None:
                told = "pregnant" if pregnant else "not pregnant"
                print(f"remembered on request: {told}; `voiceacu history --forget` forgets it")
    return 0
