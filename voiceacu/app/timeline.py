"""The picture of a session: who spoke when, and how long each point was held."""

from pathlib import Path

from voiceacu.app.transcript import Transcript

_ROWS = {"talker": 2, "assistant": 1, "hold": 0}
_COLOURS = {"talker": "#c2553b", "assistant": "#3b6ea5", "hold": "#7fa650"}
_LABELS = {"talker": "you", "assistant": "voiceacu", "hold": "holding"}


def draw_timeline(transcript: Transcript, title: str, path: Path) -> None:
    """Write the session as a PNG: one row a minute pair, three lanes each."""
    # matplotlib takes half a second to import; only pictures should wait for it.
    from matplotlib.figure import Figure  # noqa: PLC0415

    ends = [span.end for span in transcript.spans] or [1.0]
    width = 120.0
    strips = max(1, -(-int(max(ends)) // int(width)))
    figure = Figure(figsize=(13, 1.35 * strips + 0.7), layout="constrained", dpi=110)
    figure.suptitle(title, fontsize=12)
    for strip in range(strips):
        axes = figure.add_subplot(strips, 1, strip + 1)
        begin = strip * width
        axes.set(xlim=(begin, begin + width), ylim=(-0.5, 3.1), yticks=list(_ROWS.values()))
        axes.set_yticklabels([_LABELS[kind] for kind in _ROWS], fontsize=8)
        axes.set_xticks([begin + i for i in range(0, int(width) + 1, 10)])
        axes.set_xticklabels(
            [f"{int(t // 60)}:{int(t % 60):02d}" for t in axes.get_xticks()], fontsize=7
        )
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        for span in transcript.spans:
            start, end = max(span.start, begin), min(span.end, begin + width)
            if end <= start:
                continue
            row = _ROWS[span.kind]
            axes.barh(row, end - start, left=start, height=0.62, color=_COLOURS[span.kind])
            if span.kind == "talker" and span.start >= begin:
                axes.text(span.start, row + 0.42, f"“{span.text}”", fontsize=7.5, clip_on=False)
            if span.kind == "hold":
                axes.text(start + 0.5, row, span.text, fontsize=7, va="center", color="white")
    figure.savefig(path)
