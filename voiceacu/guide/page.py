"""The guide as one self-contained HTML page: no script, no network, light and dark."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from voiceacu.content.model import Library, Point, Routine
from voiceacu.guide.drawing import Drawing
from voiceacu.guide.html import document, el
from voiceacu.guide.looks import style_sheet
from voiceacu.guide.svg import as_svg
from voiceacu.guide.words import Words
from voiceacu.nlu.phrases import PhraseTable

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The browser itself refuses whatever would open a connection or run a script."""


def as_page(library: Library, table: PhraseTable, words: Words, drawings: Sequence[Drawing]) -> str:
    """The whole page as text."""
    style = style_sheet() + "\n" + Path(__file__).with_name("style.css").read_text("utf-8")
    main = el(
        "main",
        el("h1", words.title),
        el("p", words.lead, class_="lead"),
        _safety(library, table, words),
        _say(table, words),
        _maps(library, words, drawings),
        _points(library, words),
        _times(library, words),
        _tips(library, words),
        _footer(library, words),
    )
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", **{"http-equiv": "Content-Security-Policy", "content": POLICY}),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", words.title),
        el("style", style),
    )
    return document(el("html", head, el("body", main), lang=library.language))


def order(library: Library) -> dict[str, int]:
    """The points' numbers: their places in the default routine, then the others'."""
    ids = dict.fromkeys((*library.routines[0].points, *(point.id for point in library.points)))
    return {point_id: number for number, point_id in enumerate(ids, 1)}


def hold_time(point: Point) -> int:
    """Seconds that a point is held by default, both sides together."""
    return point.hold.default * (2 if point.sides == "each" else 1)


def title_of(point: Point) -> str:
    """A point's plain name, as a heading."""
    return point.plain[:1].upper() + point.plain[1:]


def fill(text: str, table: PhraseTable, **values: object) -> str:
    """`text` with its braces filled; `{phrase:INTENT}` becomes what to say for a command."""
    return text.format_map({**values, "phrase": _Phrases(table)})


class _Phrases:
    def __init__(self, table: PhraseTable) -> None:
        self._table = table

    def __format__(self, intent: str) -> str:
        return self._table.suggestion(intent)


def _section(title: str, *children: Element, lead: str = "") -> Element:
    section = el("section", el("h2", title))
    if lead:
        section.append(el("p", lead, class_="soft"))
    section.extend(children)
    return section


def _safety(library: Library, table: PhraseTable, words: Words) -> Element:
    avoid = [f"{p.plain} ({p.id})" for p in library.points if p.avoid_in_pregnancy]
    lines = [line for line in words.safety.lines if avoid or "{avoid}" not in line]
    return el(
        "section",
        el("h2", words.safety.title),
        el("ul", (el("li", fill(line, table, avoid=", ".join(avoid))) for line in lines)),
        el("p", words.safety.flags.lead),
        el("ul", (el("li", item) for item in words.safety.flags.items)),
        el("p", words.safety.note, class_="soft"),
        class_="card care",
    )


def _say(table: PhraseTable, words: Words) -> Element:
    does = {command.intent: command.does for command in table.commands}
    cards = []
    for group in words.say.groups:
        phrases = el("dl")
        for intent in group.intents:
            phrases.append(el("dt", table.suggestion(intent)))
            phrases.append(el("dd", does[intent]))
        cards.append(el("div", el("h3", group.title), phrases, class_="card"))
    return _section(words.say.title, el("div", cards, class_="say"), lead=words.say.lead)


def _maps(library: Library, words: Words, drawings: Sequence[Drawing]) -> Element:
    numbers = order(library)
    figures = [
        el(
            "figure",
            as_svg(drawing, numbers),
            el("figcaption", drawing.title),
            class_="wide" if drawing.wide else "map",
        )
        for drawing in drawings
        if drawing.marked(numbers)
    ]
    return _section(words.maps.title, el("div", figures, class_="maps"), lead=words.maps.lead)


def _points(library: Library, words: Words) -> Element:
    items = [
        _point(library.point(point_id), number, words)
        for point_id, number in order(library).items()
    ]
    return _section(words.points.title, el("ol", items, class_="points"))


def _point(point: Point, number: int, words: Words) -> Element:
    said = words.points

    def paragraph(heading: str, sentences: Sequence[str]) -> Element:
        return el("p", el("strong", heading), " " + " ".join(sentences))

    return el(
        "li",
        el("h3", el("span", str(number), class_="badge"), title_of(point)),
        el(
            "p",
            f"{point.id} · {point.name} · {said.pressure[point.pressure]} · "
            f"{words.times.sides[point.sides]}",
            class_="facts",
        ),
        paragraph(said.where, point.where),
        paragraph(said.landmarks, point.landmarks),
        paragraph(said.how, (*point.position, *point.how)),
        paragraph(said.softer, point.softer),
        el("p", el("strong", said.feel), " " + " ".join(point.feel), class_="feel"),
        class_="point",
    )


def _times(library: Library, words: Words) -> Element:
    said, columns = words.times, words.times.columns
    first, *others = library.routines
    numbers = order(library)
    head = el(
        "tr",
        el("th", columns.point, scope="col"),
        el("th", columns.sides, scope="col"),
        el("th", columns.hold, scope="col", class_="time"),
        el("th", columns.range, scope="col", class_="time"),
    )
    rows = [_row(library.point(point_id), numbers[point_id], words) for point_id in first.points]
    total = said.duration(sum(hold_time(library.point(p)) for p in first.points))
    foot = el(
        "tr",
        el("th", said.total, scope="row", colspan="2"),
        el("td", total, class_="time"),
        el("td"),
    )
    table = el("table", el("thead", head), el("tbody", rows), el("tfoot", foot))
    least, most = library.sessions_a_week
    children = [
        el("div", table, class_="card scroll"),
        el("p", said.note.format(least=least, most=most), class_="soft"),
    ]
    if others:
        shorter = [el("li", _routine(library, routine, words)) for routine in others]
        children += [el("h3", said.routines), el("ul", shorter, class_="tips")]
    return _section(said.title, *children)


def _row(point: Point, number: int, words: Words) -> Element:
    said = words.times
    hold = said.duration(point.hold.default)
    limits = said.range.format(
        least=said.duration(point.hold.shortest), most=said.duration(point.hold.longest)
    )
    return el(
        "tr",
        el(
            "th",
            el("span", str(number), class_="badge"),
            f"{title_of(point)} ({point.id})",
            scope="row",
        ),
        el("td", said.sides[point.sides]),
        el("td", said.twice.format(time=hold) if point.sides == "each" else hold, class_="time"),
        el("td", limits, class_="time"),
    )


def _routine(library: Library, routine: Routine, words: Words) -> str:
    points = [library.point(point_id) for point_id in routine.points]
    return words.times.routine.format(
        name=routine.spoken[:1].upper() + routine.spoken[1:],
        points=", ".join(point.plain for point in points),
        time=words.times.duration(sum(hold_time(point) for point in points)),
    )


def _tips(library: Library, words: Words) -> Element:
    tips = el("ul", (el("li", tip) for tip in library.tips), class_="tips")
    return _section(words.tips.title, tips, lead=words.tips.lead)


def _footer(library: Library, words: Words) -> Element:
    sources = "; ".join(source.title for source in library.sources)
    return el("footer", el("p", f"{words.sources} {sources}."), el("p", words.private))
