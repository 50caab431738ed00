"""Stage ``prepare``: one line of ``utterances.jsonl`` for each recording that may be trained on."""

from __future__ import annotations

import csv
import json
import random
import re
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from training.fetch import Source, read_manifest
from training.lexicon import Lexicon, load_lexicon, pronunciations

WORDS_EACH = 1200
HELD_OUT_SPEAKERS = ("librispeech-clean-5/1867", "librispeech-clean-5/2136", "librispeech-three/26")
HELD_OUT_SOURCES = ("common-voice-delta-18",)
NOISE_TEST_SHARE = 5
SNORING_TEST_CLIPS = ("184235", "184237", "197454")


@dataclass(frozen=True)
class Utterance:
    """A recording and its words in lower case; ``speaker`` is empty where unknown."""

    id: str
    source: str
    path: str
    text: str
    speaker: str = ""


def normalise(text: str, lexicon: Lexicon) -> list[str]:
    """Words of a transcript as the lexicon spells them."""
    text = re.sub(r"[^a-z' ]", " ", text.lower().replace("’", "'").replace("-", " "))
    words = (word if word in lexicon else word.strip("'") for word in text.split())
    return [word for word in words if word]


def _librispeech(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for transcript in sorted(folder.rglob("*.trans.txt")):
        for line in transcript.read_text().splitlines():
            name, text = line.split(" ", 1)
            yield transcript.parent / f"{name}.flac", text, name.split("-")[0]


def _common_voice_csv(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for table in sorted(folder.rglob("cv-*.csv")):
        with table.open(newline="") as lines:
            for row in csv.DictReader(lines):
                if int(row["down_votes"]) <= int(row["up_votes"]):
                    yield table.parent / row["filename"], row["text"], ""


def _common_voice_tsv(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for table in sorted(folder.rglob("validated.tsv")):
        with table.open(newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                for clips in ("clips", "validated_clips"):
                    path = table.parent / clips / row["path"]
                    if path.exists():
                        yield path, row["sentence"], row["client_id"][:12]


def _text_beside(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for path in sorted(folder.rglob("*.wav")):
        transcript = path.with_suffix(".txt")
        if transcript.exists():
            yield path, transcript.read_text(errors="ignore"), folder.name


def _ljspeech(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for table in sorted(folder.rglob("metadata.csv")):
        for line in table.read_text().splitlines():
            name, *texts = line.split("|")
            yield table.parent / "wavs" / f"{name}.wav", texts[-1], "lj"


def _vctk(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for transcript in sorted(folder.rglob("txt/*/*.txt")):
        root = transcript.parents[2]
        path = root / "wav48" / transcript.parent.name / f"{transcript.stem}.wav"
        yield path, transcript.read_text(), transcript.parent.name


def excluded_words(data: Path) -> set[str]:
    """``word/file.wav`` of the Speech Commands validation and testing lists."""
    lists = list(data.rglob("validation_list.txt")) + list(data.rglob("testing_list.txt"))
    return {line.strip() for path in lists for line in path.read_text().splitlines()}


def speech_commands(folder: Path, excluded: set[str]) -> Iterator[tuple[Path, str, str]]:
    """Single words, ``WORDS_EACH`` of each at most; none of the ``excluded``."""
    by_word: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*.wav")):
        word = path.parent.name
        if "_nohash_" in path.name and f"{word}/{path.name}" not in excluded:
            by_word.setdefault(word, []).append(path)
    for word, paths in sorted(by_word.items()):
        random.Random(f"{folder.name}/{word}").shuffle(paths)
        for path in paths[:WORDS_EACH]:
            yield path, word, path.name.split("_")[0]


READERS = {
    "librispeech": _librispeech,
    "common_voice_csv": _common_voice_csv,
    "common_voice_tsv": _common_voice_tsv,
    "text_beside": _text_beside,
    "ljspeech": _ljspeech,
    "vctk": _vctk,
}


def _rows(source: Source, data: Path, excluded: set[str]) -> Iterator[tuple[Path, str, str]]:
    folder = source.folder(data)
    if source.role == "words":
        return speech_commands(folder, excluded)
    return READERS[source.reader](folder)


def is_held_out(utterance: Utterance) -> bool:
    """Whether a recording is kept for the false-command tests and never trained on."""
    speaker = f"{utterance.source}/{utterance.speaker}"
    return utterance.source in HELD_OUT_SOURCES or speaker in HELD_OUT_SPEAKERS


def prepare(data: Path, work: Path) -> None:
    """Write ``utterances.jsonl`` and ``held_out.jsonl`` below ``work``."""
    lexicon, excluded = load_lexicon(), excluded_words(data)
    seen: set[str] = set()
    train: list[Utterance] = []
    held_out: list[Utterance] = []
    for source in read_manifest():
        if source.role not in ("speech", "words"):
            continue
        kept = 0
        for path, text, speaker in _rows(source, data, excluded):
            words = normalise(text, lexicon)
            unknown = sum(not pronunciations(word, lexicon) for word in words)
            key = f"{path.parent.name}/{path.name}"
            if not words or unknown > 0.2 * len(words) or key in seen or not path.exists():
                continue
            seen.add(key)
            name = f"{source.name}/{path.parent.name}/{path.stem}"
            utterance = Utterance(name, source.name, str(path), " ".join(words), speaker)
            (held_out if is_held_out(utterance) else train).append(utterance)
            kept += 1
        print(f"{source.name}: {kept} recordings")
    random.Random(1).shuffle(train)
    write_utterances(train, work / "utterances.jsonl")
    write_utterances(held_out, work / "held_out.jsonl")


def write_utterances(utterances: list[Utterance], path: Path) -> None:
    """Write one JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(asdict(u)) + "\n" for u in utterances))


def read_utterances(path: Path) -> list[Utterance]:
    """Read what :func:`write_utterances` wrote."""
    return [Utterance(**json.loads(line)) for line in path.read_text().splitlines()]


def noise_files(data: Path, *, test: bool) -> list[Path]:
    """Noise recordings, one in ``NOISE_TEST_SHARE`` held out of training for tests.

    The split goes by freesound clip, because ESC-10 and ESC-50 share clips.
    """
    paths: list[Path] = []
    for source in read_manifest():
        if source.role != "noise":
            continue
        found = [
            p
            for p in sorted(source.folder(data).rglob("*"))
            if p.suffix.lower() in (".wav", ".ogg", ".flac")
        ]
        if source.reader == "esc50":
            allowed = _allowed_esc50(source.folder(data) / "LICENSE")
            found = [p for p in found if esc50_clip(p) in allowed]
        paths += found
    return [p for p in paths if _is_noise_test(p) == test]


def _is_noise_test(path: Path) -> bool:
    clip = re.search(r"(\d{3,})", path.stem)
    key = clip.group(1) if clip else path.stem.rsplit("_", 1)[0]
    return key in SNORING_TEST_CLIPS or zlib.crc32(key.encode()) % NOISE_TEST_SHARE == 0


def esc50_clip(path: Path) -> str:
    """``2-103426-A`` of ``2-103426-A-3.wav``: the name that ESC-50's LICENSE lists."""
    return "-".join(path.stem.split("-")[:3])


def _allowed_esc50(licence: Path) -> set[str]:
    pattern = re.compile(r"^- \[([^\]]+)\.ogg\].*\[(CC0|CC-BY)\]\s*$")
    matches = (pattern.match(line) for line in licence.read_text().splitlines())
    return {match.group(1) for match in matches if match}
