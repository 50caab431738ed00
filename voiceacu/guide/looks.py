"""How the guide looks: two palettes, and the pen for each kind of line; for page and pictures."""

from dataclasses import dataclass

LIGHT = {
    "paper": "#f6f5f0",
    "card": "#ffffff",
    "ink": "#22302a",
    "soft": "#4d5c55",
    "edge": "#dde2da",
    "calm": "#2a6650",
    "frame": "#f3f6f1",
    "skin": "#d6e5da",
    "line": "#7d9a8c",
    "shade": "#c2d6c9",
    "bone": "#90ab9d",
    "cord": "#64887a",
    "accent": "#a93f26",
    "on-accent": "#ffffff",
    "care": "#fbefe8",
    "care-edge": "#dcab97",
}
DARK = {
    "paper": "#131816",
    "card": "#1b2220",
    "ink": "#e8eeea",
    "soft": "#a8b7af",
    "edge": "#303a36",
    "calm": "#8fcfb2",
    "frame": "#161c1a",
    "skin": "#33453e",
    "line": "#76958a",
    "shade": "#42584f",
    "bone": "#6d897d",
    "cord": "#93b5a7",
    "accent": "#f2a084",
    "on-accent": "#2a120a",
    "care": "#2b201b",
    "care-edge": "#7d5646",
}


@dataclass(frozen=True, slots=True)
class Pen:
    """Colours by name in the palette (empty: none), the width of the stroke, and its dashes."""

    fill: str = ""
    stroke: str = ""
    width: float = 2.0
    dashes: tuple[float, ...] = ()


PENS = {
    "skin": Pen("skin", "line"),
    "shade": Pen("shade"),
    "fold": Pen(stroke="line"),
    "bone": Pen(stroke="bone", width=1.8),
    "cord": Pen(stroke="cord", width=4.0),
    "ray": Pen(stroke="shade", width=12.0),
    "knuckle": Pen("shade", "bone", 1.2),
    "nail": Pen("shade"),
    "guide": Pen(stroke="calm", width=1.6, dashes=(6.0, 6.0)),
    "vertebra": Pen("shade", "bone", 1.5),
    "named": Pen("calm", "calm", 1.5),
    "bed": Pen("edge"),
    "pillow": Pen("card", "edge"),
    "body": Pen("skin"),
    "limb": Pen(stroke="skin", width=42.0),
    "far limb": Pen(stroke="shade", width=38.0),
    "foot": Pen(stroke="skin", width=22.0),
    "far foot": Pen(stroke="shade", width=20.0),
    "arm": Pen(stroke="bone", width=19.0),
    "measure": Pen(stroke="calm"),
    "leader": Pen(stroke="accent", width=1.5),
    "pointer": Pen(stroke="line", width=1.2),
}


def style_sheet() -> str:
    """The palettes as variables, light and dark, and a rule for each pen."""
    rules = [
        f":root {{ color-scheme: light dark; {_variables(LIGHT)} }}",
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}",
        # A dark page printed as it is would drink the ink.
        f"@media print {{ :root {{ {_variables(LIGHT)} }} }}",
    ]
    for kind, pen in PENS.items():
        fill = f"var(--{pen.fill})" if pen.fill else "none"
        stroke = f"var(--{pen.stroke})" if pen.stroke else "none"
        dashes = f"stroke-dasharray: {' '.join(map(str, pen.dashes))};" if pen.dashes else ""
        rules.append(
            f"svg .{kind.replace(' ', '-')} {{ fill: {fill}; stroke: {stroke}; "
            f"stroke-width: {pen.width}; {dashes} }}"
        )
    return "\n".join(rules)


def _variables(palette: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())
