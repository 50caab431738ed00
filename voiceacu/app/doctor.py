"""`voiceacu doctor`: looks at every part and says what to do about what is missing."""

import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass

from voiceacu.app.compose import open_voice
from voiceacu.app.hear import blocks
from voiceacu.app.knowledge import Knowledge, load_knowledge
from voiceacu.app.mouth import NORMAL_PACE
from voiceacu.app.terminal import as_json
from voiceacu.asr.hear import transcribe
from voiceacu.asr.models import find_model, vocabulary
from voiceacu.asr.recogniser import Recogniser
from voiceacu.audio.check import check_echo, check_level
from voiceacu.audio.finding import find_loudspeaker, find_microphone
from voiceacu.audio.soundcard import SoundCard
from voiceacu.errors import UserError
from voiceacu.settings import Settings

REHEARSED = ("start_routine", "next_point", "how_long", "pause", "stop")
"""The commands nobody can do without."""

TALKER = "en-us+m3"
"""The voice that rehearses: not the assistant's own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is fit for use, and what was seen or what to do."""

    check: str
    ok: bool
    detail: str
    needed: bool = True


def doctor(settings: Settings, arguments: Namespace) -> int:
    """Print a line for each part; 1 where one is unfit that nothing can replace."""
    fit = True
    for finding in _findings(settings):
        fit = fit and (finding.ok or not finding.needed)
        if arguments.json:
            print(as_json(asdict(finding)), flush=True)
        else:
            mark = "ok " if finding.ok else "NO " if finding.needed else "-- "
            print(f"{mark} {finding.check:12} {finding.detail}", flush=True)
    return 0 if fit else 1


def _findings(settings: Settings) -> Iterator[Finding]:
    knowledge = load_knowledge(settings)
    yield _try("content", lambda: _content(knowledge))
    yield _try("model", lambda: _model(settings))
    yield _try("voice", lambda: _voice(settings))
    yield _try("rehearsal", lambda: _rehearse(settings, knowledge))
    yield _try("microphone", lambda: find_microphone(settings.microphone).name, needed=False)
    yield _try("loudspeaker", lambda: find_loudspeaker(settings.loudspeaker).name, needed=False)
    yield _try("level", lambda: check_level(_card(settings, plays=False)), needed=False)
    yield _try("echo", lambda: check_echo(_card(settings, plays=True)), needed=False)


def _try(check: str, look: Callable[[], str], needed: bool = True) -> Finding:
    try:
        return Finding(check, True, look(), needed)
    except UserError as error:
        return Finding(check, False, str(error), needed)


def _content(knowledge: Knowledge) -> str:
    points, commands = len(knowledge.library.points), len(knowledge.table.commands)
    return f"{points} points, {commands} commands"


def _model(settings: Settings) -> str:
    path = find_model(settings.model)
    return f"{path.name}, {len(vocabulary(path))} words, at {path}"


def _voice(settings: Settings) -> str:
    with closing(open_voice(settings)) as voice:
        began = time.perf_counter()
        seconds = len(voice.render("Good evening.", NORMAL_PACE)) / 16_000
        return f"{seconds:.1f} s of speech in {time.perf_counter() - began:.2f} s"


def _rehearse(settings: Settings, knowledge: Knowledge) -> str:
    """Five commands, spoken by another synthetic voice straight into the ears."""
    table = knowledge.table
    recogniser = Recogniser(find_model(settings.model), table)
    missed = []
    with closing(open_voice(settings, TALKER)) as voice:
        for intent in REHEARSED:
            phrase = table.suggestion(intent)
            heard = transcribe(blocks(voice.render(phrase, NORMAL_PACE)), recogniser, table)
            meanings = [table.understand(h.text).intent for h in heard]
            if [m.name for m in meanings if m is not None] != [intent]:
                missed.append(phrase)
    if missed:
        raise UserError(f"not understood: {', '.join(missed)}; try another --model")
    return f"{len(REHEARSED)} of {len(REHEARSED)} commands understood"


def _card(settings: Settings, plays: bool) -> SoundCard:
    return SoundCard(settings.microphone, settings.loudspeaker, plays=plays)
