"""The guide in a real browser, on a desk and on a phone, by day and by night."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from voiceacu.content.model import Library
from voiceacu.guide.write import write_guide
from voiceacu.nlu.phrases import PhraseTable

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def page(library: Library, table: PhraseTable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_guide(library, table, tmp_path_factory.mktemp("guide"))[0]


def browse(tmp_path: Path, page: Path, *options: str) -> str:
    assert CHROMIUM is not None
    done = subprocess.run(
        [CHROMIUM, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", *options, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return done.stdout


def screenshot(tmp_path: Path, page: Path, dark: bool) -> np.ndarray:
    from matplotlib.image import imread  # noqa: PLC0415

    file = tmp_path / "shot.png"
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    browse(tmp_path, page, scheme, "--window-size=1060,1400", f"--screenshot={file}")
    return np.asarray(imread(file))[..., :3]


def test_it_is_light_by_day_and_dark_by_night(tmp_path: Path, page: Path) -> None:
    for dark in (False, True):
        pixels = screenshot(tmp_path, page, dark)
        middle = float(np.median(pixels))
        assert middle < 0.2 if dark else middle > 0.8
        assert pixels.std() > 0.05  # something is written on it


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_runs_out_of_the_window(tmp_path: Path, page: Path, width: int) -> None:
    """Laid out in a frame of that width: nothing wider than it, no letters below 12 pixels."""
    probe = """
    <script>addEventListener('load', () => {
      const seen = document.querySelector('iframe').contentDocument;
      const small = [...seen.querySelectorAll('p,li,td,th,dt,dd,figcaption')]
        .filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length;
      document.title = [seen.documentElement.scrollWidth, small,
        seen.querySelectorAll('svg').length].join(' ');
    });</script>"""
    inner = page.read_text().replace('http-equiv="Content-Security-Policy"', "")
    inner = inner.replace("&", "&amp;").replace('"', "&quot;")
    outer = tmp_path / "outer.html"
    outer.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><title>?</title>'
        f'<iframe width="{width}" height="900" style="border:0" srcdoc="{inner}"></iframe>{probe}'
    )
    dom = browse(tmp_path, outer, "--dump-dom")
    found = re.search("<title>(.*?)</title>", dom)
    assert found is not None
    wide, small, pictures = map(int, found[1].split())
    assert wide <= width
    assert small == 0
    assert pictures == 5
