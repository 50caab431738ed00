"""Weeks of practice against the recommended number of sessions: as text and as a picture."""

from collections.abc import Sequence
from pathlib import Path

from voiceacu.errors import UserError
from voiceacu.journal.store import Week

FULL, EMPTY = "●", "○"

INK, SOFT, PAPER = "#33403b", "#6b7a73", "#fbfaf7"
BAR, LOW, BAND = "#4f8a72", "#b9cdc3", "#e9efe6"


def as_lines(weeks: Sequence[Week], recommended: tuple[int, int]) -> tuple[str, ...]:
    """One line for each week: its Monday, a dot for each session, and rings up to the least
    recommended number; sessions and minutes in figures."""
    least, most = recommended
    width = max([most, *(week.sessions for week in weeks)])
    lines = [f"sessions a week, {least}-{most} recommended"]
    for week in weeks:
        dots = FULL * week.sessions + EMPTY * max(least - week.sessions, 0)
        minutes = _minutes(week)
        lines.append(
            f"{week.monday:%d %b %Y}  {dots:<{width}}  {week.sessions:>2}  {minutes}".rstrip()
        )
    return tuple(lines)


def draw(weeks: Sequence[Week], recommended: tuple[int, int], file: Path) -> None:
    """Write the chart of `weeks` as a PNG. Raises UserError where `file` cannot be written."""
    # matplotlib takes most of a second to import; only this needs it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    least, most = recommended
    figure = Figure(figsize=(8, 3.6), dpi=150, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(facecolor=PAPER)
    axes.axhspan(least, most, color=BAND, zorder=0)
    axes.annotate(
        f"recommended {least}-{most}",
        (1, (least + most) / 2),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        color=SOFT,
        fontsize=9,
    )
    places = range(len(weeks))
    bars = axes.bar(
        places,
        [week.sessions for week in weeks],
        width=0.62,
        color=[BAR if week.sessions >= least else LOW for week in weeks],
        zorder=2,
    )
    axes.bar_label(
        bars,
        [_minutes(week) for week in weeks],
        padding=3,
        fontsize=8,
        color=SOFT,
    )
    step = max(1, -(-len(weeks) // 10))
    axes.set_xticks(places[::step], [f"{w.monday:%d %b}" for w in weeks[::step]])
    axes.set_ylim(0, max([most, *(week.sessions for week in weeks)]) + 1)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(colors=INK, length=0, labelsize=9)
    axes.spines[:].set_visible(False)
    axes.set_title("Sessions a week", loc="left", color=INK, fontsize=12, pad=12)
    try:
        figure.savefig(file, format="png")
    except OSError as error:
        raise UserError(
            f"{file}: the chart cannot be written ({error.strerror or error}); name another file"
        ) from error


def _minutes(week: Week) -> str:
    """The time held, empty for a week without practice."""
    if not week.sessions:
        return ""
    return f"{round(week.seconds / 60) or '<1'} min"
