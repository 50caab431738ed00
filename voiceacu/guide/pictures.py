"""The body maps and the card of what to say as pictures, for a phone or a print.

matplotlib takes most of a second to import, so it is imported where it draws.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any

from voiceacu.guide.drawing import HALO, RADIUS, Drawing, Place, Step
from voiceacu.guide.looks import LIGHT, PENS
from voiceacu.guide.words import Words
from voiceacu.nlu.phrases import PhraseTable

DPI = 150
MARGIN, SIDE, CAPTION = 0.35, 4.4, 0.45
"""Inches: around and between the maps, of a square map, of the line below it."""


@dataclass(frozen=True, slots=True)
class Letters:
    """How words look: height in units of the drawing, colour, weight."""

    size: float
    colour: str
    weight: str = "bold"


LETTERS = {
    "note": Letters(13.0, "soft", "normal"),
    "inside": Letters(11.0, "card"),
    "name": Letters(15.0, "accent"),
    "number": Letters(13.0, "on-accent"),
}


def draw_maps(drawings: Sequence[Drawing], numbers: Mapping[str, int], file: File) -> None:
    """Write all maps that show a point of `numbers` as one PNG, two in a row."""
    shown = [drawing for drawing in drawings if drawing.marked(numbers)]
    width = 2 * SIDE + 3 * MARGIN
    boxes, y, column = [], MARGIN, 0
    for drawing in shown:
        across = 2 * SIDE + MARGIN if drawing.wide else SIDE
        if drawing.wide and column:
            y, column = y + SIDE + CAPTION + MARGIN, 0
        down = across * drawing.height / drawing.width
        boxes.append((drawing, MARGIN + column * (SIDE + MARGIN), y, across, down))
        column = 0 if drawing.wide else 1 - column
        if not column:
            y += down + CAPTION + MARGIN
    height = max((top + down + CAPTION + MARGIN for _, _, top, _, down in boxes), default=1.0)
    figure = _figure(width, height)
    for drawing, left, top, across, down in boxes:
        place = (left / width, 1 - (top + down) / height, across / width, down / height)
        axes = figure.add_axes(place, facecolor=LIGHT["frame"])
        _draw(axes, drawing, numbers, across * 72 / drawing.width)
        figure.text(
            left / width,
            1 - (top + down + CAPTION / 2) / height,
            drawing.title,
            color=LIGHT["ink"],
            fontsize=12,
            fontweight="bold",
            va="center",
        )
    figure.savefig(file, format="png")


def draw_card(words: Words, table: PhraseTable, file: File) -> None:
    """Write what can be said as one PNG."""
    does = {command.intent: command.does for command in table.commands}
    line, gap = 0.34, 0.3
    rows = sum(len(group.intents) for group in words.say.groups)
    groups = len(words.say.groups)
    width, height = 9.0, 2 * MARGIN + 0.9 + rows * line + groups * (line + gap)
    figure = _figure(width, height)
    y = MARGIN + 0.25

    def write(x: float, text: str, colour: str, size: float, weight: str = "normal") -> None:
        figure.text(
            x / width, 1 - y / height, text, color=LIGHT[colour], fontsize=size, fontweight=weight
        )

    write(MARGIN, words.say.title, "ink", 20, "bold")
    y += 0.42
    write(MARGIN, "\n".join(textwrap.wrap(words.say.lead, 100)), "soft", 10.5)
    for group in words.say.groups:
        y += line + gap
        write(MARGIN, group.title, "ink", 13, "bold")
        for intent in group.intents:
            y += line
            write(MARGIN, f"“{table.suggestion(intent)}”", "calm", 12, "bold")
            write(MARGIN + 3.1, does[intent], "soft", 11)
    figure.savefig(file, format="png")


def _figure(width: float, height: float) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(width, height), dpi=DPI, facecolor=LIGHT["paper"])
    FigureCanvasAgg(figure)
    return figure


def _draw(axes: Any, drawing: Drawing, numbers: Mapping[str, int], scale: float) -> None:
    """One map; `scale` is points (1/72 inch) a unit of the drawing."""
    from matplotlib.patches import Circle, PathPatch  # noqa: PLC0415

    axes.set_xlim(drawing.left, drawing.left + drawing.width)
    axes.set_ylim(drawing.top + drawing.height, drawing.top)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color(LIGHT["edge"])
    for kind, steps in drawing.outlines():
        axes.add_patch(PathPatch(_as_path(steps), **_look(kind, scale)))
    for kind, (x1, y1), (x2, y2) in drawing.lines(numbers):
        look = _look(kind, scale)
        axes.plot([x1, x2], [y1, y2], color=look["edgecolor"], linewidth=look["linewidth"])
    written = list(drawing.words(numbers))
    for mark in drawing.marked(numbers):
        for place in mark.at:
            axes.add_patch(Circle(place, HALO, color=LIGHT["accent"], alpha=0.2, lw=0, zorder=3))
            axes.add_patch(Circle(place, RADIUS, color=LIGHT["accent"], lw=0, zorder=3))
            written.append(("number", str(numbers[mark.point]), place))
    for kind, words, place in written:
        letters = LETTERS[kind]
        _write(axes, words, place, replace(letters, size=letters.size * scale))


def _write(axes: Any, words: str, place: Place, letters: Letters) -> None:
    axes.text(
        *place, words, color=LIGHT[letters.colour], fontsize=letters.size,
        fontweight=letters.weight, ha="center", va="center_baseline", clip_on=True, zorder=4,
    )  # fmt: skip


def _look(kind: str, scale: float) -> dict[str, Any]:
    pen = PENS[kind]
    width = pen.width * scale if pen.stroke else 0.0
    return {
        "facecolor": LIGHT[pen.fill] if pen.fill else "none",
        "edgecolor": LIGHT[pen.stroke] if pen.stroke else "none",
        "linewidth": width,
        "linestyle": (0, tuple(dash / pen.width for dash in pen.dashes)) if pen.dashes else "-",
        "capstyle": "round",
        "joinstyle": "round",
    }


def _as_path(steps: tuple[Step, ...]) -> Any:
    from matplotlib.path import Path  # noqa: PLC0415

    codes = {"M": [Path.MOVETO], "L": [Path.LINETO], "C": [Path.CURVE4] * 3, "Z": [Path.CLOSEPOLY]}
    places = [p for command, at in steps for p in (at if command != "Z" else ((0.0, 0.0),))]
    return Path(places, [code for command, _ in steps for code in codes[command]])
