"""Stage ``synth``: synthetic speakers say the sentences of :mod:`training.texts`.

Free speech synthesisers of Debian are used: espeak-ng with its variants, flite, festival,
svox pico, mbrola voices through espeak-ng, and RHVoice. What is not installed is left out.
Some voices are held out: they are heard by no training run and serve the tests.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr

from training.corpus import Utterance, write_utterances
from training.features import SAMPLE_RATE, load_audio

ESPEAK_ACCENTS = ("en-us", "en-gb", "en-us-nyc", "en-gb-x-rp", "en-gb-scotland")
# mbrola's voices of other languages, as espeak-ng lets them speak English
# fmt: off
ACCENTED = (
    "af1", "de1", "de2", "de3", "de4", "de5", "de6", "fr1", "fr4", "gr2", "hu1", "nl2", "pl1",
    "ro1", "sw1", "sw2",
)
# fmt: on
EASTERN = ("aleksandr", "anatol", "anna", "elena", "irina", "natalia")
"""RHVoice's Russian and Ukrainian voices under the LGPL, which read English with the sounds that
they have."""
HELD_OUT_VARIANTS = ("f5", "m7", "linda", "edward", "steph3", "Michael", "grandpa", "sandro")
ODD_VARIANTS = re.compile(
    "robo|Robot|whisper|croak|fast|Demonic|Tweaky|Ricish|Storm|serious|Nguyen"
)
MANLY = ("flite", "festival", "rhvoice")
"""Engines with hardly a woman's voice but those that are held out."""
DIPHONE_PITCH = 105
"""Mean of kal's and ked's voice, in hertz."""
# spoken as English speakers would read the pinyin; engines do not know it
RESPELLINGS = {
    "weizhong": ("way jong", "way zhong", "why jong", "way jung"),
    "zhong": ("jong", "jung", "zong"),
    "shenshu": ("shen shoo",),
    "dachangshu": ("dah chang shoo", "da chong shoo"),
    "dachang": ("dah chang",),
    "shu": ("shoo",),
    "zhishi": ("jur shur", "jee she", "zhi she", "jih she"),
    "zhi": ("jee", "jur"),
    "shi": ("she", "shur"),
    "zulinqi": ("zoo lin chee", "zoo lin key"),
    "zu": ("zoo",),
    "qi": ("chee",),
    "kunlun": ("coon loon", "kun lun", "coon lun"),
    "kun": ("coon",),
    "lun": ("loon",),
    "wei": ("way",),
    "jiexi": ("jee she", "jee eh she"),
    "jie": ("jee", "jee eh"),
    "xi": ("she",),
    "b": ("bee",),
    "l": ("ell",),
    "u": ("you",),
    "g": ("gee",),
}


@dataclass(frozen=True)
class Voice:
    """A synthetic speaker: engine and voice name."""

    engine: str
    name: str

    @property
    def id(self) -> str:
        """Name for file lists."""
        return f"{self.engine}-{self.name}"


@dataclass(frozen=True)
class Person:
    """Who speaks with an engine's voice: ``pitch`` and the shortness of the vocal tract
    (``smaller``) as factors of the voice's own."""

    pitch: float = 1.0
    smaller: float = 1.0


ITSELF = Person()


def _somebody(voice: Voice, rng: random.Random) -> Person:
    """Of a man's voice alone women, too, and children are made; of a few people some more."""
    if voice.engine == "eastern":
        return Person(rng.uniform(0.85, 1.25), rng.uniform(0.92, 1.12))
    if voice.engine not in MANLY:
        return ITSELF
    return Person(rng.uniform(0.8, 1.5), rng.uniform(1.0, 1.25))


def _espeak_variants() -> list[str]:
    folders = [Path(p) for p in Path("/usr").glob("lib/*/espeak-ng-data/voices/!v")]
    folders += [Path("/usr/share/espeak-ng-data/voices/!v")]
    names = {p.name for folder in folders if folder.exists() for p in folder.iterdir()}
    return sorted(name for name in names if not ODD_VARIANTS.search(name))


def voices(*, held_out: bool) -> list[Voice]:
    """Installed voices of the training set or of the test set."""
    found: list[Voice] = []
    if shutil.which("espeak-ng"):
        variants = [v for v in _espeak_variants() if (v in HELD_OUT_VARIANTS) == held_out]
        found += [Voice("espeak", variant) for variant in variants]
    if shutil.which("flite"):
        names = ["slt"] if held_out else ["awb", "rms", "kal16"]
        found += [Voice("flite", name) for name in names]
    if shutil.which("festival"):
        names = ["cmu_us_slt_arctic_hts"] if held_out else ["kal_diphone", "ked_diphone"]
        root = Path("/usr/share/festival/voices")
        found += [Voice("festival", name) for name in names if list(root.glob(f"*/{name}"))]
    if shutil.which("pico2wave"):
        found.append(Voice("pico", "en-GB" if held_out else "en-US"))
    if shutil.which("mbrola"):
        names = ["us2"] if held_out else ["us1", "us3", "en1"]
        root = Path("/usr/share/mbrola")
        found += [Voice("mbrola", name) for name in names if (root / name).exists()]
        accented = () if held_out else ACCENTED
        found += [Voice("accented", f"{n}-en") for n in accented if (root / n).exists()]
    if shutil.which("RHVoice-test"):
        names = ["clb", "slt", "evgeniy-eng"] if held_out else ["alan", "bdl", "lyubov"]
        root = Path("/usr/share/RHVoice/voices")
        found += [Voice("rhvoice", name) for name in names if (root / name).exists()]
        eastern = () if held_out else EASTERN
        found += [Voice("eastern", name) for name in eastern if (root / name).exists()]
    return found


def _pick(found: list[Voice], rng: random.Random) -> Voice:
    """A voice: first the engine (weighted), then one of its voices."""
    weights = {"espeak": 3.0, "accented": 3.0, "eastern": 3.0}
    weights |= {"festival": 1.0, "pico": 1.5, "mbrola": 2.0}
    engines = sorted({voice.engine for voice in found})
    engine = rng.choices(engines, [weights.get(e, 2.5) for e in engines])[0]
    return rng.choice([voice for voice in found if voice.engine == engine])


def respell(text: str, rng: random.Random) -> str:
    """Replace pinyin and single letters by what an engine reads the right way."""
    return " ".join(rng.choice(RESPELLINGS.get(word, (word,))) for word in text.split())


def _run(command: list[str], text: str = "") -> None:
    """Run a synthesiser without its chatter; ``text`` goes to its standard input."""
    subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=60)


def speak(voice: Voice, person: Person, text: str, target: Path, rng: random.Random) -> None:
    """Write ``text`` as a WAV file at the engine's own rate, slower by what makes the person
    smaller (:func:`_spoken`)."""
    stretch = rng.uniform(0.85, 1.3) * person.smaller
    if voice.engine in ("espeak", "mbrola", "accented"):
        accent = rng.choices(ESPEAK_ACCENTS, [6, 2, 1, 1, 1])[0]
        name = f"{accent}+{voice.name}" if voice.engine == "espeak" else f"mb-{voice.name}"
        speed, pitch = str(int(165 / stretch)), str(rng.randint(25, 75))
        command = ["espeak-ng", "-v", name, "-s", speed, "-p", pitch, "-w", str(target), text]
        _run(command)
    elif voice.engine == "flite":
        settings = (f"duration_stretch={stretch:.2f}", f"f0_shift={person.pitch:.2f}")
        given = [part for setting in settings for part in ("--setf", setting)]
        _run(["flite", "-voice", voice.name, *given, "-t", text, "-o", str(target)])
    elif voice.engine == "pico":
        _run(["pico2wave", "-l", voice.name, "-w", str(target), text])
    elif voice.engine in ("rhvoice", "eastern"):
        rate, pitch = str(int(100 / stretch)), str(int(100 * person.pitch))
        command = ["RHVoice-test", "-p", voice.name, "-r", rate, "-t", pitch, "-o", str(target)]
        _run(command, text)
    else:
        script = (
            f"(voice_{voice.name})(Parameter.set 'Duration_Stretch {stretch:.2f})"
            f"(set! int_lr_params '((target_f0_mean {DIPHONE_PITCH * person.pitch:.0f})"
            f" (target_f0_std 14) (model_f0_mean 170) (model_f0_std 34)))"
            f'(utt.save.wave (utt.synth (Utterance Text "{text}")) "{target}" \'riff)'
        )
        _run(["festival", "--pipe"], script)


def recording(folder: Path, index: int, text: str, engine: str, speaker: str) -> Utterance:
    """What a speaker's recording of a text is called and where it lies."""
    # the text in the name: another phrase table must not find old recordings
    path = folder / f"{index:06d}_{zlib.crc32(text.encode()):08x}_{speaker}.flac"
    return Utterance(f"{folder.name}/{path.stem}", f"synth-{engine}", str(path), text, speaker)


def keep(samples: np.ndarray, path: Path, rng: random.Random) -> None:
    """Write speech at half of full scale, with 0.15 to 0.4 s of silence around it."""
    around = [int(rng.uniform(0.15, 0.4) * SAMPLE_RATE) for _ in range(2)]
    padded = np.pad(samples * (0.5 / max(float(np.abs(samples).max()), 1e-4)), around)
    sf.write(path, padded, SAMPLE_RATE, subtype="PCM_16")


def synthesise(
    texts: list[str], folder: Path, *, held_out: bool, seed: int | str
) -> list[Utterance]:
    """Let random voices say the texts; resumable; returns the recordings that came out."""
    found, utterances = voices(held_out=held_out), []
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for index, text in enumerate(texts):
            rng = random.Random(f"{seed}/{index}")
            voice = _pick(found, rng)
            utterance = recording(folder, index, text, voice.engine, voice.id)
            path = Path(utterance.path)
            if not path.exists():
                person = ITSELF if held_out else _somebody(voice, rng)
                samples = _spoken(voice, person, text, Path(scratch), rng)
                if samples is None:
                    continue
                keep(samples, path, rng)
            utterances.append(utterance)
    return utterances


def _spoken(
    voice: Voice, person: Person, text: str, scratch: Path, rng: random.Random
) -> np.ndarray | None:
    """Samples, or nothing where the engine fails or says next to nothing."""
    raw = scratch / "raw.wav"
    raw.unlink(missing_ok=True)
    try:
        speak(voice, person, respell(text, rng), raw, rng)
        samples = soxr.resample(load_audio(raw), SAMPLE_RATE * person.smaller, SAMPLE_RATE)
    except (subprocess.SubprocessError, OSError, RuntimeError):
        return None
    if np.abs(samples).max() < 1e-3 or not 0.1 < len(samples) / SAMPLE_RATE < 15:
        return None
    return np.asarray(samples)


def synth_part(texts: list[str], folder: Path, seed: str) -> None:
    """One process's share: audio below ``folder`` and the list ``folder.jsonl``."""
    found = synthesise(texts, folder, held_out=False, seed=seed)
    write_utterances(found, folder.with_suffix(".jsonl"))
