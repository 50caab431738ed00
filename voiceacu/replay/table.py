"""What is answered to every command in every phase, found out by playing it."""

from collections.abc import Iterator

from voiceacu.dialogue import actions
from voiceacu.nlu.types import Phase
from voiceacu.replay.stage import WAYS, Knowing, Stage
from voiceacu.replay.timeline import Dialogue, Step

WATCHED = 0.2
"""Seconds after a command in which its effect shows."""

SENTENCE = 10.0
"""Seconds in which a sentence surely ends."""


def answer_table(knowledge: Knowing) -> str:
    """A Markdown table, phase by intent: what is said first, what else happens, where it leads."""
    phases = tuple(WAYS)
    rows = [f"| say | {' | '.join(phases)} |", "|---" * (len(phases) + 1) + "|"]
    for command in knowledge.table.commands:
        cells = (reaction(knowledge, command.intent, phase) for phase in phases)
        rows.append(f"| {command.say} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def reaction(knowledge: Knowing, intent: str, phase: Phase) -> str:
    """What the suggested phrase of an intent does in a phase."""
    title = f"{intent} in {phase}"
    stage = Stage(knowledge, Dialogue(title=title, begin=phase, steps=(Step(after=0.0),)))
    stage.say(knowledge.table.suggestion(intent))
    stage.pass_time(stage.now + WATCHED)
    if len(stage.done) == stage.seen and phase is not Phase.ASLEEP:
        # A remark interrupts nothing: it comes after the sentence that is being said.
        stage.pass_time(stage.now + SENTENCE, lambda: len(stage.done) > stage.seen)
    return "; ".join(_effects(stage, phase))


def _effects(stage: Stage, before: Phase) -> Iterator[str]:
    if stage.state.phase is not before:
        yield f"→ *{stage.state.phase}*"
    for _, action in stage.done[stage.seen :]:
        match action:
            case actions.Say(text=text):
                yield text
            case actions.Chime(earcon):
                yield f"♪ {earcon.replace('_', ' ')}"
            case actions.SetVolume(decibels):
                yield f"{decibels:+g} dB"
            case actions.SetPace(pace):
                yield f"{pace} words a minute"
            case actions.Leave():
                yield "the program ends"
            case _:
                pass
    if before is stage.state.phase is Phase.ASLEEP:
        yield "sleeps on"
