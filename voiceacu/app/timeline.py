"""The picture of a session: who spoke when, and how long each point was held."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from voiceacu.app.transcript import Span, Transcript

STRIP = 120
"""Seconds in one strip of the picture."""

_ROWS = {"talker": 2, "assistant": 1, "hold": 0}
_LABELS = {"talker": "you", "assistant": "voiceacu", "hold": "holding"}
_COLOURS = {"talker": "#c2553b", "assistant": "#3b6ea5", "hold": "#6f9a5b"}
_INK, _PAPER = "#33403b", "#fbfaf7"
_LABEL_ROOM = 14.0
"""Seconds that a label takes; nearer ones go one line up."""


def draw_timeline(transcript: Transcript, title: str, path: Path) -> None:
    """Write the session as a PNG: strips of two minutes with a lane each for the person, the
    assistant and the holds. Raises OSError where it cannot be written."""
    # matplotlib takes half a second to import; only pictures should wait for it.
    from matplotlib.figure import Figure  # noqa: PLC0415

    end = max((span.end for span in transcript.spans), default=1.0)
    strips = max(1, -(-int(end) // STRIP))
    figure = Figure(
        figsize=(13, 1.4 * strips + 0.6), layout="constrained", dpi=110, facecolor=_PAPER
    )
    figure.suptitle(title, fontsize=13, color=_INK)
    for strip in range(strips):
        axes = figure.add_subplot(strips, 1, strip + 1, facecolor=_PAPER)
        _scale(axes, strip * STRIP)
        _bars(axes, strip * STRIP, transcript.spans)
        _words(axes, strip * STRIP, transcript.spans)
    figure.savefig(path)


def _scale(axes: Any, begin: int) -> None:
    axes.set(xlim=(begin, begin + STRIP), ylim=(-0.45, 3.6))
    axes.set_yticks(list(_ROWS.values()), [_LABELS[kind] for kind in _ROWS], fontsize=8)
    ticks = range(begin, begin + STRIP + 1, 10)
    axes.set_xticks(ticks, [f"{t // 60}:{t % 60:02d}" for t in ticks], fontsize=7)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(colors=_INK, length=0)


def _bars(axes: Any, begin: int, spans: Sequence[Span]) -> None:
    for span in spans:
        start, end = max(span.start, begin), min(span.end, begin + STRIP)
        if end <= start:
            continue
        row = _ROWS[span.kind]
        # A hair of paper between sentences shows where one ends and the next begins.
        axes.barh(row, end - start, left=start, height=0.6, color=_COLOURS[span.kind])
        axes.plot([end, end], [row - 0.3, row + 0.3], color=_PAPER, linewidth=1)
        if span.kind == "hold":
            axes.text(start + 0.6, row, span.text, fontsize=7, va="center", color="white")


def _words(axes: Any, begin: int, spans: Sequence[Span]) -> None:
    """What the person says, above their lane; close ones on two lines in turn."""
    last, raised = -_LABEL_ROOM, False
    for span in spans:
        if span.kind == "talker" and begin <= span.start < begin + STRIP:
            raised = span.start - last < _LABEL_ROOM and not raised
            height = _ROWS["talker"] + (0.95 if raised else 0.45)
            text = f"“{span.text}”"
            axes.text(span.start, height, text, fontsize=7.5, color=_INK, clip_on=False)
            last = span.start
