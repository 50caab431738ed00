"""Body maps as inline SVG; colours come from the page's style sheet."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from voiceacu.guide.drawing import HALO, RADIUS, Drawing, Place, Step


def as_svg(drawing: Drawing, numbers: Mapping[str, int]) -> Element:
    """The drawing as an `<svg>` with title and description for screen readers.

    `numbers` are the points' places in the routine, shown in their marks; a mark whose point
    is not among them is left out.
    """
    svg = Element(
        "svg",
        {
            "viewBox": f"{drawing.left} {drawing.top} {drawing.width} {drawing.height}",
            "role": "img",
            "aria-labelledby": f"{drawing.id}-title {drawing.id}-says",
        },
    )
    SubElement(svg, "title", id=f"{drawing.id}-title").text = drawing.title
    SubElement(svg, "desc", id=f"{drawing.id}-says").text = drawing.says
    for kind, steps in drawing.outlines():
        SubElement(svg, "path", {"class": css_class(kind), "d": _path(steps)})
    for kind, (x1, y1), (x2, y2) in drawing.lines(numbers):
        ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        SubElement(svg, "line", {"class": kind, **{k: f"{v:g}" for k, v in ends.items()}})
    for mark in drawing.marked(numbers):
        for place in mark.at:
            _disc(svg, place, str(numbers[mark.point]))
    for kind, words, place in drawing.words(numbers):
        _text(svg, kind, words, place)
    return svg


def css_class(kind: str) -> str:
    """The kind of a shape as a class name."""
    return kind.replace(" ", "-")


def _path(steps: tuple[Step, ...]) -> str:
    return " ".join(
        command + " ".join(f"{x:g} {y:g}" for x, y in places) for command, places in steps
    )


def _disc(svg: Element, place: Place, number: str) -> None:
    x, y = place
    for kind, radius in (("halo", HALO), ("point", RADIUS)):
        circle = {"class": kind, "cx": f"{x:g}", "cy": f"{y:g}", "r": f"{radius:g}"}
        SubElement(svg, "circle", circle)
    _text(svg, "number", number, place)


def _text(svg: Element, kind: str, words: str, place: Place) -> None:
    x, y = place
    SubElement(svg, "text", {"class": kind, "x": f"{x:g}", "y": f"{y:g}"}).text = words
