"""The stages of the recipe, each resumable: what is there is not made again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from training import fetch as fetching
from training.accelerated import Rush, rush
from training.assemble import Decoding, assemble
from training.augment import Augmenter
from training.average import average
from training.banks import (
    build_augmented_shard,
    build_clean_shard,
    realign_shard,
    run_parallel,
    shard_stems,
)
from training.clatter import record_kitchen
from training.corpus import Utterance, noise_files, prepare, read_utterances
from training.grow import grow
from training.misheard import commands, mishear, read_misheard
from training.music import simulate_music
from training.network import Shape, load
from training.neural import STYLES, installed, neural_part
from training.nnet3 import read_cmvn
from training.packed import pack, read, write
from training.recover import recover
from training.rooms import simulate_rooms
from training.simulated import write_simulated
from training.stream import Choice, Data, global_mean, load_data
from training.synth import synth_part
from training.texts import make_texts
from training.train import DEV_UTTERANCES, Plan, train
from training.vocabulary import build_vocabulary, project_words

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "models" / "voiceacu-en"
GROUPS = ("human", "synth", "neural", "noise")
SPOKEN_BY_MACHINES = {"synth": "train", "neural": "neural"}
"""Folders below ``synth`` of the groups that are synthetic."""
SECOND_RATE = 0.75
NEWER = 0.6
"""The share of the last two trainings' weights in the averages with those before."""
LAST_RATE = 0.4
"""Of the fifth training, beside the first."""
LOW_RATE = 0.075
RIVALRY = 8.0
"""At a twelfth of the gradient's length this makes the rivals two thirds of it."""
TALKERS = ("librispeech-clean-5", "cathy", "common-voice-1-dev")


@dataclass(frozen=True)
class Settings:
    """Everything a run depends on."""

    work: Path
    mirror: Path
    aligner: Path | None = SHIPPED
    processes: int = 2
    seed: int = 11
    shards: int = 24
    sentences: int = 9500
    neural_sentences: int = 3600
    pieces: int = 90
    """Of simulated music."""
    kitchens: int = 200
    rooms: int = 150
    copies: int = 2
    shape: Shape = field(default_factory=Shape)
    grown: tuple[int, int] = (448, 128)
    """Width and rank of the network that the third training makes of it."""
    remembering: tuple[int, int] = (512, 144)
    """The same of the last one."""
    memories: tuple[int, ...] = (0, 2, 4, 6)
    """Its blocks that have a memory."""
    plan: Plan = field(default_factory=Plan)
    rush: Rush = field(default_factory=Rush)
    unknown_cost: float = 8.0
    decoding: Decoding = field(default_factory=Decoding)

    @property
    def data(self) -> Path:
        """Where the recordings lie."""
        return self.work / "data"

    def bank(self, group: str, copy: int = 0) -> Path:
        """Folder of a bank: copy 0 is the unchanged one."""
        return self.work / "banks" / f"{group}-{f'aug{copy}' if copy else 'clean'}"


def fetch(settings: Settings) -> None:
    """Recordings out of git clones, checked against the manifest."""
    fetching.fetch(settings.mirror, settings.data)


def prepare_lists(settings: Settings) -> None:
    """Lists of what is trained on and what is held out."""
    prepare(settings.data, settings.work)


def synth(settings: Settings) -> None:
    """Synthetic speakers, and simulated music and kitchens."""
    work, seed = settings.work, settings.seed
    write_simulated(work / "music", settings.pieces, simulate_music, seed)
    kitchen = partial(record_kitchen, simulate_rooms(settings.rooms, seed))
    write_simulated(work / "kitchens", settings.kitchens, kitchen, seed)
    _say(settings, "synth", settings.sentences, settings.shards // 2, synth_part)
    styles = settings.data / STYLES
    if installed() and styles.exists():
        part = partial(neural_part, styles)
        _say(settings, "neural", settings.neural_sentences, settings.shards, part)


def _say(settings: Settings, group: str, count: int, parts: int, part: Callable[..., None]) -> None:
    """Let each process say its share of the sentences, which are each group's own; what is there
    stays."""
    seed, parts = f"{settings.seed}/{group}", max(1, parts)
    texts = make_texts(count, seed)
    folder = settings.work / "synth" / SPOKEN_BY_MACHINES[group]
    jobs: list[tuple[Any, ...]] = [
        (texts[i::parts], folder / f"part{i}", f"{seed}/{i}")
        for i in range(parts)
        if not (folder / f"part{i}.jsonl").exists()
    ]
    run_parallel(part, jobs, settings.processes, f"{group} voices")


def _utterances(settings: Settings, group: str) -> list[Utterance]:
    if group == "human":
        path = settings.work / "utterances.jsonl"
        return read_utterances(path) if path.exists() else []
    if group in SPOKEN_BY_MACHINES:
        folder = settings.work / "synth" / SPOKEN_BY_MACHINES[group]
        lists = sorted(folder.glob("part*.jsonl"))
        return [u for path in lists for u in read_utterances(path)]
    paths = noise_files(settings.data, test=False) if settings.data.exists() else []
    for simulated in ("music", "kitchens"):
        paths += sorted((settings.work / simulated).glob("*.wav"))
    return [Utterance(f"noise/{p.parent.name}/{p.stem}", "noise", str(p), "") for p in paths]


def features(settings: Settings) -> None:
    """MFCCs and forced alignment of the unchanged recordings."""
    jobs: list[tuple[Any, ...]] = []
    for group in GROUPS:
        found = _utterances(settings, group)
        count = min(settings.shards, len(found))
        for i in range(count):
            jobs.append((found[i::count], settings.bank(group) / str(i), settings.aligner))
    run_parallel(build_clean_shard, jobs, settings.processes, "features")


def _augmenter(settings: Settings) -> Augmenter:
    rooms = simulate_rooms(settings.rooms, settings.seed)
    noises = noise_files(settings.data, test=False) if settings.data.exists() else []
    talkers = [Path(u.path) for u in _utterances(settings, "human") if u.source in TALKERS][:80]
    return Augmenter(noises, rooms, talkers)


def augment(settings: Settings) -> None:
    """Altered copies of all banks."""
    augmenter = _augmenter(settings)
    jobs: list[tuple[Any, ...]] = [
        (stem, settings.bank(group, copy) / stem.name, augmenter, copy)
        for copy in range(1, settings.copies + 1)
        for group in GROUPS
        for stem in shard_stems(settings.bank(group))
        if not (settings.bank(group, copy) / f"{stem.name}.json").exists()
    ]
    run_parallel(build_augmented_shard, jobs, settings.processes, "augment")


def _data(settings: Settings, mean: np.ndarray | None) -> Data:
    """All banks in memory, to be normalised by ``mean`` or by a mean of their own."""
    banks = {
        group: [settings.bank(group, copy) for copy in range(settings.copies + 1)]
        for group in GROUPS
        if shard_stems(settings.bank(group))
    }
    if mean is None:
        mean = global_mean([bank for group in banks.values() for bank in group[:2]])
    return load_data(banks, Choice(frozenset(project_words())), mean)


def _train(settings: Settings, plan: Plan, target: Path, start: Path | None) -> None:
    data = _data(settings, load(str(start))[1] if start else None)
    train(data, settings.shape, plan, target, start)


def train_first(settings: Settings) -> None:
    """The first network."""
    if not (settings.work / "first.pt").exists():
        _train(settings, settings.plan, settings.work / "first.pt", None)


def realign(settings: Settings) -> None:
    """Alignment by the first network."""
    done = settings.work / "realigned"
    if done.exists():
        return
    model = settings.work / "aligner"
    assemble(settings.work / "first.pt", None, model, settings.decoding)
    jobs: list[tuple[Any, ...]] = []
    spoken = ("human", *SPOKEN_BY_MACHINES)
    for stem in (s for group in spoken for s in shard_stems(settings.bank(group))):
        group = stem.parent.name.split("-")[0]
        copies = [settings.bank(group, c) / stem.name for c in range(1, settings.copies + 1)]
        jobs.append((stem, copies, model))
    run_parallel(realign_shard, jobs, settings.processes, "realign")
    done.touch()


def _slower(settings: Settings, share: float) -> Plan:
    """The plan at a share of its rate."""
    return replace(settings.plan, rate=settings.plan.rate * share)


def _train_on(settings: Settings, target: Path, start: Path) -> None:
    """Go on from a checkpoint, at a lower rate."""
    _train(settings, _slower(settings, SECOND_RATE), target, start)


def train_second(settings: Settings) -> None:
    """Training goes on with the new alignment."""
    if not (settings.work / "second.pt").exists():
        _train_on(settings, settings.work / "second.pt", settings.work / "first.pt")


def _train_grown(
    settings: Settings, plan: Plan, target: Path, source: Path, grown: Path, **sizes: Any
) -> None:
    """Go on from what a checkpoint grows to, which stays in ``grown``."""
    data = _data(settings, load(str(source))[1])
    grow(source, grown, data, **sizes)
    train(data, settings.shape, plan, target, grown)


def train_third(settings: Settings) -> None:
    """The network grows, and training goes on."""
    second, grown, third = (settings.work / f"{n}.pt" for n in ("second", "grown", "third"))
    if not third.exists():
        sizes = dict(zip(("width", "rank"), settings.grown, strict=True))
        _train_grown(settings, _slower(settings, SECOND_RATE), third, second, grown, **sizes)


def train_fourth(settings: Settings) -> None:
    """Training goes on once more, and what comes of it is averaged with what was."""
    third, fourth = settings.work / "third.pt", settings.work / "fourth.pt"
    if not fourth.exists():
        _train_on(settings, fourth, third)
    average(third, fourth, settings.work / "averaged.pt", NEWER)


def recover_shipped(settings: Settings) -> None:
    """The shipped network as a checkpoint to go on from, where no other is left."""
    averaged = settings.work / "averaged.pt"
    if averaged.exists():
        return
    mean = read_cmvn(SHIPPED / "am" / "global_cmvn.stats")
    recover(SHIPPED, _data(settings, mean), averaged)


def pack_banks(settings: Settings) -> None:
    """All banks in one file, to be carried to an accelerator."""
    packed = settings.work / "packed.npz"
    if not packed.exists():
        data = _data(settings, load(str(_newest(settings)))[1])
        write(pack(data, min(DEV_UTTERANCES, len(data.recordings) // 10)), packed)


def accelerate(settings: Settings) -> None:
    """Training goes on from the newest checkpoint on an accelerator, which needs no banks but the
    packed ones."""
    accelerated = settings.work / "accelerated.pt"
    if not accelerated.exists():
        parts = [read(settings.work / "packed.npz")]
        rush(parts, settings.rush, _newest(settings), accelerated)


def train_fifth(settings: Settings) -> None:
    """Some blocks get a memory and all grow; training goes on, and is averaged with what was."""
    before, fifth = settings.work / "remembering.pt", settings.work / "fifth.pt"
    if not fifth.exists():
        averaged, plan = settings.work / "averaged.pt", _slower(settings, LAST_RATE)
        sizes: dict[str, Any] = dict(zip(("width", "rank"), settings.remembering, strict=True))
        _train_grown(settings, plan, fifth, averaged, before, memories=settings.memories, **sizes)
    average(before, fifth, settings.work / "final.pt", NEWER)


def hear_commands(settings: Settings) -> None:
    """What the network of the moment takes noisy commands for."""
    model, folder = settings.work / "hearing", settings.work / "misheard"
    assemble(settings.work / "final.pt", settings.work / "graph", model, settings.decoding)
    spoken = commands(u for group in SPOKEN_BY_MACHINES for u in _utterances(settings, group))
    augmenter, count = _augmenter(settings), min(settings.shards, len(spoken))
    jobs: list[tuple[Any, ...]] = [
        (spoken[i::count], model, augmenter, folder / f"{i}.json")
        for i in range(count)
        if not (folder / f"{i}.json").exists()
    ]
    run_parallel(mishear, jobs, settings.processes, "mishear")


def train_sixth(settings: Settings) -> None:
    """Training goes on at a low rate, with the statistics as they are; commands are set against
    what they are mistaken for."""
    final, sixth = settings.work / "final.pt", settings.work / "sixth.pt"
    if not sixth.exists():
        plan = replace(_slower(settings, LOW_RATE), settled=0.0, average=0.9995, rivalry=RIVALRY)
        data = _data(settings, load(str(final))[1])
        misheard = read_misheard(settings.work / "misheard")
        train(data, settings.shape, plan, sixth, final, misheard=misheard)


def _newest(settings: Settings) -> Path:
    names = ("accelerated", "sixth", "final", "averaged", "third", "second", "first")
    checkpoints = (settings.work / f"{name}.pt" for name in names)
    return next(path for path in checkpoints if path.exists())


def graph(settings: Settings) -> None:
    """Vocabulary and decoding graph."""
    transcripts = [u.text for u in _utterances(settings, "human")]
    lexicon = build_vocabulary(transcripts)
    shutil.rmtree(settings.work / "graph", ignore_errors=True)
    run_parallel(
        _build_graph, [(lexicon, settings.work / "graph", settings.unknown_cost)], 1, "graph"
    )


def _build_graph(*args: Any) -> None:
    """In a process of its own: pynini's OpenFst and libvosk's can't be loaded together."""
    from training.graph import build_graph

    build_graph(*args)


def finish(settings: Settings) -> None:
    """The model directory ``WORK/model``."""
    target = settings.work / "model"
    assemble(_newest(settings), settings.work / "graph", target, settings.decoding)
    size = sum(p.stat().st_size for p in target.rglob("*") if p.is_file())
    print(f"{target}: {size / 1e6:.1f} MB")


ASIDE = {"recover": recover_shipped, "pack": pack_banks, "accelerate": accelerate}
"""Stages that are no part of the whole recipe."""

STAGES: dict[str, Callable[[Settings], None]] = {
    "fetch": fetch,
    "prepare": prepare_lists,
    "synth": synth,
    "features": features,
    "augment": augment,
    "train": train_first,
    "realign": realign,
    "retrain": train_second,
    "grow": train_third,
    "average": train_fourth,
    "remember": train_fifth,
    "graph": graph,
    "mishear": hear_commands,
    "contrast": train_sixth,
    "assemble": finish,
}
