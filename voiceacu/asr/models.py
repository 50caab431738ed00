"""Finding a speech model, and checking it before libvosk sees it.

libvosk answers a broken model with an abort or a segmentation fault, which nothing can catch.
So whatever it would stumble over is looked for here first, and said in one line.

Two layouts exist: `nested` (am/, conf/, graph/, ivector/), which our own and the official
models have, and `flat`, all in one folder, of the years before 2020.
"""

import mmap
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from voiceacu.asr.catalogue import KNOWN
from voiceacu.asr.fst import (
    Acceptor,
    BrokenGraphError,
    check_graph,
    output_symbols,
    write_acceptor,
)
from voiceacu.errors import UserError

__all__ = [
    "KNOWN",
    "check_model",
    "find_model",
    "installed_models",
    "model_folders",
    "pronunciations",
    "user_models",
    "vocabulary",
    "with_grammar",
]

VARIABLE = "VOICEACU_MODEL"
"""The environment variable that names a model."""

PREFERRED = "voiceacu-en"
"""The model that comes with the program."""

_DOWNLOAD = "`voiceacu model download vosk-model-small-en-us-0.15`"
_OPTIONS = ("--frame-subsampling-factor", "--endpoint.silence-phones")
"""Without the first, all times come out three times too long; without the second, libvosk
aborts at the first sound."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a model keeps its parts, relative to its folder."""

    network: str
    features: str
    options: str | None
    fixed_graph: str
    lexicon: str
    grammar: str
    disambiguation: str
    words: str
    sounds: str
    boundaries: str


_NESTED = _Layout(
    network="am/final.mdl",
    features="conf/mfcc.conf",
    options="conf/model.conf",
    fixed_graph="graph/HCLG.fst",
    lexicon="graph/HCLr.fst",
    grammar="graph/Gr.fst",
    disambiguation="graph/disambig_tid.int",
    words="graph/words.txt",
    sounds="graph/lexicon.txt",
    boundaries="graph/phones/word_boundary.int",
)
_FLAT = _Layout(
    network="final.mdl",
    features="mfcc.conf",
    options=None,
    fixed_graph="HCLG.fst",
    lexicon="HCLr.fst",
    grammar="Gr.fst",
    disambiguation="disambig_tid.int",
    words="words.txt",
    sounds="lexicon.txt",
    boundaries="word_boundary.int",
)
_SPEAKER_PARTS = (
    "final.ie",
    "final.dubm",
    "final.mat",
    "global_cmvn.stats",
    "splice.conf",
    "online_cmvn.conf",
)
_SPEAKER_INPUT = b"name=ivector"
"""How a network's description names the input that needs the `ivector` folder."""


def find_model(explicit: Path | None = None) -> Path:
    """The folder of the model to use, checked.

    Looked up in this order: `explicit` (a folder, or the name of an installed model),
    `$VOICEACU_MODEL`, the models that come with the program, the user's data folder.
    Raises UserError with what is wrong and the next step.
    """
    named = explicit or _from_environment()
    if named is not None:
        path = _resolve(named)
        check_model(path)
        return path
    candidates = installed_models()
    if not candidates:
        places = ", ".join(str(folder) for folder in model_folders())
        raise UserError(f"no speech model in {places}; get one with {_DOWNLOAD}")
    for path in candidates:
        if _problem(path) is None:
            return path
    check_model(candidates[0])
    return candidates[0]


def installed_models() -> list[Path]:
    """Every folder with parts of a model, the preferred one first, checked or not."""
    return list(_models_in(model_folders()))


def model_folders() -> tuple[Path, ...]:
    """Where models are kept: in the package, in the repository, in the user's data folder."""
    package = Path(__file__).resolve().parent.parent
    return package / "models", package.parent / "models", user_models()


def user_models() -> Path:
    """The folder that downloads go to."""
    return user_data_path("voiceacu") / "models"


def check_model(path: Path) -> None:
    """Raise UserError, one line with the next step, unless libvosk can take this model."""
    problem = _problem(path)
    if problem is not None:
        raise UserError(problem)


def vocabulary(path: Path) -> dict[str, int]:
    """The words that a checked model knows, with their numbers in its graphs.

    Official small models have no list of words; theirs is inside the grammar graph.
    """
    layout = _layout(path) or _NESTED
    words = path / layout.words
    if words.is_file():
        lines = words.read_text(encoding="utf-8", errors="replace").splitlines()
        rows = (line.split() for line in lines if line.strip())
        return {row[0]: int(row[-1]) for row in rows}
    return output_symbols(path / layout.grammar)


def pronunciations(path: Path) -> dict[str, tuple[str, ...]]:
    """The phones of each word, if the model says; Vosk needs none, and the official ones have none.

    As Kaldi writes them, a word and its phones in each line; of several the first one counts.
    """
    lexicon = path / (_layout(path) or _NESTED).sounds
    found: dict[str, tuple[str, ...]] = {}
    if lexicon.is_file():
        for line in lexicon.read_text(encoding="utf-8", errors="replace").splitlines():
            word, *phones = line.split() or [""]
            found.setdefault(word, tuple(phones))
    return found


@contextmanager
def with_grammar(path: Path, graph: Acceptor) -> Iterator[Path]:
    """A folder with a checked model whose own grammar is another, for as long as loading takes.

    libvosk takes a grammar only as a list of phrases or from the model's folder. Raises UserError.
    """
    layout = _layout(path) or _NESTED
    try:
        with tempfile.TemporaryDirectory(prefix="voiceacu-") as folder:
            copy = Path(folder) / path.name
            shutil.copytree(path.resolve(), copy, copy_function=_link)
            (copy / layout.grammar).unlink()
            write_acceptor(graph, copy / layout.grammar)
            if not (copy / layout.words).exists():
                rows = (f"{word} {number}\n" for word, number in vocabulary(path).items())
                (copy / layout.words).write_text("".join(rows), encoding="utf-8")
            yield copy
    except OSError as error:
        place = tempfile.gettempdir()
        raise UserError(f"{place}: can't be written ({error}); make room or set TMPDIR") from error


def _link(source: str, target: str) -> None:
    """Copy a file only where it can't be linked."""
    try:
        Path(target).symlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def _from_environment() -> Path | None:
    value = os.environ.get(VARIABLE)
    return Path(value) if value else None


def _resolve(named: Path) -> Path:
    """A path as it is; a bare name also stands for an installed model."""
    path = named.expanduser()
    if not path.exists() and len(path.parts) == 1:
        for folder in model_folders():
            if (folder / path).is_dir():
                return folder / path
    return path


def _models_in(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        inside = [p for p in folder.iterdir() if p.is_dir()] if folder.is_dir() else []
        inside.sort(key=lambda p: (p.name != PREFERRED, p.name))
        yield from (path for path in inside if _layout(path) is not None)


def _layout(path: Path) -> _Layout | None:
    """The layout that a folder has begun, judged as libvosk does by its network."""
    for layout in (_NESTED, _FLAT):
        if (path / layout.network).exists() or (path / layout.lexicon).exists():
            return layout
    return None


def _problem(path: Path) -> str | None:
    """What keeps libvosk from using this model and what to do, or None."""
    layout = _layout(path) if path.is_dir() else None
    if layout is None:
        return _no_model(path)
    if (path / layout.fixed_graph).exists():
        return (
            f"{path}: has a fixed graph ({layout.fixed_graph}) and can't be told what to listen "
            f"for; use one with a dynamic graph, such as {_DOWNLOAD}"
        )
    lacking = _lacking(path, layout)
    if lacking is not None:
        return f"{path}: {lacking}; unpack it anew, or get another with {_DOWNLOAD}"
    return None


def _no_model(path: Path) -> str:
    """The line for something that holds no model."""
    if not path.exists():
        archive = path.parent / f"{path.name}.zip"
        if archive.is_file():
            return f"{path}: no such folder, but {archive} is there; unpack it: unzip {archive}"
        return f"{path}: no such folder; give the folder of a Vosk model, or get one: {_DOWNLOAD}"
    if path.is_file():
        return f"{path}: is a file; unpack it and give the folder that holds am/, conf/ and graph/"
    inner = [p for p in sorted(path.iterdir()) if p.is_dir() and _layout(p) is not None]
    if inner:
        return f"{path}: the model is one folder deeper; use {inner[0]}"
    return f"{path}: holds no Vosk model (no am/final.mdl); get one with {_DOWNLOAD}"


def _lacking(path: Path, layout: _Layout) -> str | None:
    """The first part that is missing, empty or broken."""
    required = [layout.network, layout.features, layout.lexicon, layout.grammar]
    required += [layout.disambiguation, layout.boundaries]
    if layout.options is not None:
        required.append(layout.options)
    if (path / "ivector").is_dir():
        required += [f"ivector/{part}" for part in _SPEAKER_PARTS]
    elif _mentions(path / layout.network, _SPEAKER_INPUT):
        return "the folder ivector is missing"
    for part in required:
        if not (path / part).is_file():
            return f"{part} is missing"
        # Graphs whose first state has no disambiguation symbol have an empty list of them.
        if part != layout.disambiguation and (path / part).stat().st_size == 0:
            return f"{part} is empty"
    return _broken_graph(path, layout) or _missing_option(path, layout) or _no_words(path, layout)


def _broken_graph(path: Path, layout: _Layout) -> str | None:
    for part in (layout.lexicon, layout.grammar):
        try:
            check_graph(path / part)
        except BrokenGraphError as error:
            return f"{part} is damaged ({error})"
    return None


def _missing_option(path: Path, layout: _Layout) -> str | None:
    if layout.options is None:
        return None
    text = (path / layout.options).read_text(encoding="utf-8", errors="replace")
    present = {line.split("=")[0].strip() for line in text.splitlines()}
    missing = [option for option in _OPTIONS if option not in present]
    return f"{layout.options} lacks {missing[0]}" if missing else None


def _no_words(path: Path, layout: _Layout) -> str | None:
    return None if vocabulary(path) else f"{layout.words} is missing or empty"


def _mentions(file: Path, what: bytes) -> bool:
    if not file.is_file() or file.stat().st_size == 0:
        return False
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(what) >= 0
