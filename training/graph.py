"""Stage ``graph``: the folder ``graph/`` from which Vosk composes its run-time grammars.

``HCLr.fst`` maps transition-ids to words (lexicon, determinised, with phones expanded to HMM
states), ``Gr.fst`` is a word loop that is used without a grammar. Both are relabelled for
OpenFst's output-label look-ahead, which finds the words of a grammar quickly.
"""

from __future__ import annotations

import math
import os
import subprocess
import tempfile
from pathlib import Path

import pynini
from pywrapfst import Arc, EncodeMapper, Weight  # as pynini has them, but with types

from training.lexicon import Lexicon
from training.units import (
    NUM_TRANSITION_IDS,
    PHONE_IDS,
    SIL_PHONE,
    SPN_PHONE,
    TRANSITION_IDS,
    positioned,
    topology,
)

UNKNOWN = "[unk]"
SILENCE_CHANCE = 0.5
FIRST_DISAMBIGUATION = 1000
LOOKAHEAD_LIBRARY = "libfstlookahead.so*"


class _Fst:
    """A vector FST with less typing."""

    def __init__(self) -> None:
        self.fst = pynini.Fst()

    def state(self) -> int:
        added: int = self.fst.add_state()
        return added

    def arc(self, source: int, label: int, word: int, weight: float, target: int) -> None:
        self.fst.add_arc(source, Arc(label, word, Weight("tropical", weight), target))


def lexicon_fst(lexicon: Lexicon, word_ids: dict[str, int], unknown_cost: float) -> pynini.Fst:
    """Loop over all words with optional silence; homophones end in a disambiguation label."""
    out = _Fst()
    start, loop, silence = out.state(), out.state(), out.state()
    out.fst.set_start(start)
    out.fst.set_final(loop)
    no_sil, sil = -math.log(1 - SILENCE_CHANCE), -math.log(SILENCE_CHANCE)
    out.arc(start, 0, 0, no_sil, loop)
    out.arc(start, 0, 0, sil, silence)
    out.arc(silence, SIL_PHONE, 0, 0, loop)
    seen: dict[tuple[int, ...], int] = {}
    for word, pronunciation in ((w, p) for w, ps in lexicon.items() for p in ps):
        phones = positioned(pronunciation)
        copy = seen.get(tuple(phones), 0)
        seen[tuple(phones)] = copy + 1
        labels = phones + ([FIRST_DISAMBIGUATION + copy] if copy else [])
        at = loop
        for index, label in enumerate(labels):
            spoken = word_ids[word] if index == 0 else 0
            if index == len(labels) - 1:
                out.arc(at, label, spoken, no_sil, loop)
                out.arc(at, label, spoken, sil, silence)
            else:
                target = out.state()
                out.arc(at, label, spoken, 0, target)
                at = target
    out.arc(loop, SPN_PHONE, word_ids[UNKNOWN], unknown_cost + no_sil, loop)
    out.arc(loop, SPN_PHONE, word_ids[UNKNOWN], unknown_cost + sil, silence)
    return out.fst


def expand_states(fst: pynini.Fst) -> tuple[pynini.Fst, list[int]]:
    """Replace phones by transition-ids; returns the disambiguation ids too.

    Each HMM state is one forward arc followed by its self-loop, the order that Kaldi's
    decoding graphs have.
    """
    out = _Fst()
    out.fst.add_states(fst.num_states())
    out.fst.set_start(fst.start())
    disambiguation = set()
    for source in fst.states():
        out.fst.set_final(source, fst.final(source))
        for arc in fst.arcs(source):
            weight = float(arc.weight)
            if arc.ilabel == 0:
                out.arc(source, 0, arc.olabel, weight, arc.nextstate)
            elif arc.ilabel > FIRST_DISAMBIGUATION:
                label = NUM_TRANSITION_IDS + arc.ilabel - FIRST_DISAMBIGUATION
                disambiguation.add(label)
                out.arc(source, label, arc.olabel, weight, arc.nextstate)
            else:
                _expand_phone(out, source, arc, weight)
    return out.fst, sorted(disambiguation)


def _expand_phone(out: _Fst, source: int, arc: Arc, weight: float) -> None:
    states = topology(arc.ilabel)
    todo = [(0, source, arc.olabel, weight)]
    while todo:
        index, at, word, cost = todo.pop(0)
        stay = dict(states[index].arcs)[index]
        for destination, probability in states[index].arcs:
            if destination == index:
                continue
            target = out.state()
            forward = TRANSITION_IDS[(arc.ilabel, index, destination)]
            out.arc(at, forward, word, cost - math.log(probability), target)
            loop = TRANSITION_IDS[(arc.ilabel, index, index)]
            out.arc(target, loop, 0, -math.log(stay), target)
            if destination == len(states):
                out.arc(target, 0, 0, 0, arc.nextstate)
            else:
                todo.append((destination, target, 0, 0.0))


def _minimised(fst: pynini.Fst) -> pynini.Fst:
    """Determinised and minimised as an acceptor of (label, word, weight) triples."""
    encoder = EncodeMapper("standard", encode_labels=True, encode_weights=True)
    fst.encode(encoder)
    fst = pynini.determinize(fst)
    fst.minimize()
    fst.decode(encoder)
    fst.arcsort("olabel")
    return fst


def _word_loop(words: dict[str, int]) -> pynini.Fst:
    loop = _Fst()
    only = loop.state()
    loop.fst.set_start(only)
    loop.fst.set_final(only)
    cost = -math.log(0.9 / len(words))
    for word, number in words.items():
        if number:
            loop.arc(only, number, number, cost + (3 if word == UNKNOWN else 0), only)
    return loop.fst


def _convert(kind: str, source: Path, target: Path, *extra: str) -> None:
    """Run OpenFst's ``fstconvert``, with the look-ahead types made loadable."""
    with tempfile.TemporaryDirectory() as folder:
        libraries = [
            p
            for root in ("/usr/lib", "/usr/local/lib")
            for p in Path(root).rglob(LOOKAHEAD_LIBRARY)
        ]
        if libraries:
            (Path(folder) / "olabel_lookahead-fst.so").symlink_to(libraries[0])
        environment = {**os.environ, "LD_LIBRARY_PATH": folder}
        command = ["fstconvert", f"--fst_type={kind}", *extra, str(source), str(target)]
        subprocess.run(command, check=True, env=environment)


def build_graph(lexicon: Lexicon, folder: Path, unknown_cost: float) -> None:
    """Write all files of ``graph/`` for the words of ``lexicon`` and ``[unk]``."""
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    words = {"<eps>": 0, UNKNOWN: 1}
    words.update((word, number) for number, word in enumerate(sorted(lexicon), start=2))
    fst = lexicon_fst(lexicon, words, unknown_cost)
    fst = pynini.determinize(fst.rmepsilon())
    fst, disambiguation = expand_states(fst)
    fst = _minimised(fst)
    raw, pairs = folder / "raw.fst", folder / "pairs"
    fst.write(str(raw))
    relabel = f"--save_relabel_opairs={pairs}"
    _convert("olabel_lookahead", raw, folder / "HCLr.fst", relabel)
    rows = (line.split() for line in pairs.read_text().splitlines())
    new = {int(old): int(number) for old, number in rows}
    words = {word: new.get(number, number) for word, number in words.items()}
    loop = _word_loop(words).arcsort("ilabel")
    loop.write(str(raw))
    _convert("const", raw, folder / "Gr.fst")
    raw.unlink()
    pairs.unlink()
    listed = sorted(words.items(), key=lambda row: row[1])
    (folder / "words.txt").write_text("".join(f"{word} {number}\n" for word, number in listed))
    said = (f"{word} {' '.join(phones)}\n" for word in sorted(lexicon) for phones in lexicon[word])
    (folder / "lexicon.txt").write_text("".join(said))
    (folder / "disambig_tid.int").write_text("".join(f"{label}\n" for label in disambiguation))
    _write_phones(folder)


def _write_phones(folder: Path) -> None:
    kinds = {"B": "begin", "E": "end", "I": "internal", "S": "singleton"}
    names = {"SIL": "nonword", "SPN": "singleton"}
    boundary = "".join(
        f"{number} {names.get(phone) or kinds[phone[-1]]}\n" for phone, number in PHONE_IDS.items()
    )
    (folder / "phones" / "word_boundary.int").write_text(boundary)
    rows = "".join(f"{phone} {number}\n" for phone, number in PHONE_IDS.items())
    (folder / "phones.txt").write_text("<eps> 0\n" + rows)
