"""Stage ``assemble``: a Vosk model directory from a checkpoint and a graph."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from training.features import MFCC_CONF
from training.network import export, load
from training.nnet3 import write_cmvn, write_model


@dataclass(frozen=True)
class Decoding:
    """Search and endpoint settings of ``conf/model.conf``.

    The endpoint rules give the silence, in seconds, that ends an utterance: ``sure`` after a
    likely final word, ``likely`` after a less likely one, ``other`` after anything else.
    ``frames_per_chunk``, in frames of 10 ms, is how often the words so far are renewed.
    """

    beam: float = 11.0
    lattice_beam: float = 6.0
    max_active: int = 3000
    acoustic_scale: float = 1.0
    nothing_said: float = 5.0
    frames_per_chunk: int = 12
    sure: float = 0.35
    likely: float = 0.6
    other: float = 0.9

    def text(self) -> str:
        """Contents of ``model.conf``."""
        return f"""--min-active=200
--max-active={self.max_active}
--beam={self.beam}
--lattice-beam={self.lattice_beam}
--acoustic-scale={self.acoustic_scale}
--frame-subsampling-factor=3
--frames-per-chunk={self.frames_per_chunk}
--endpoint.silence-phones=1
--endpoint.rule1.min-trailing-silence={self.nothing_said}
--endpoint.rule2.min-trailing-silence={self.sure}
--endpoint.rule3.min-trailing-silence={self.likely}
--endpoint.rule4.min-trailing-silence={self.other}
"""


def assemble(checkpoint: Path, graph: Path | None, target: Path, decoding: Decoding) -> None:
    """Write the model directory ``target``; its README is left alone.

    Without a graph it serves as an aligner only.
    """
    net, mean = load(str(checkpoint))
    for part in ("am", "conf", "graph"):
        shutil.rmtree(target / part, ignore_errors=True)
    (target / "conf").mkdir(parents=True)
    write_model(export(net), target / "am" / "final.mdl")
    write_cmvn(mean, target / "am" / "global_cmvn.stats")
    (target / "conf" / "mfcc.conf").write_text(MFCC_CONF)
    (target / "conf" / "model.conf").write_text(decoding.text())
    if graph:
        shutil.copytree(graph, target / "graph")
