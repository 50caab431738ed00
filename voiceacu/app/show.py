"""Commands that print what voiceacu knows; none of them makes a sound."""

from argparse import Namespace

from voiceacu.app.knowledge import load_knowledge, load_table
from voiceacu.app.terminal import as_json, describe
from voiceacu.content.loader import load_library
from voiceacu.content.model import Point
from voiceacu.errors import UserError
from voiceacu.nlu.types import Phase, Understanding
from voiceacu.settings import Settings


def understand(settings: Settings, arguments: Namespace) -> int:
    """`voiceacu understand TEXT…`: one reading for each text."""
    phase = _phase(arguments.phase)
    table = load_table(settings, load_library(settings.points_file))
    for text in arguments.texts:
        reading = table.understand(text, phase)
        print(as_json(as_record(reading)) if arguments.json else as_line(reading))
    return 0


def _phase(name: str | None) -> Phase | None:
    try:
        return Phase(name) if name is not None else None
    except ValueError:
        raise UserError(f"--phase {name}: no such phase; choose from {', '.join(Phase)}") from None


def as_record(reading: Understanding) -> dict[str, object]:
    """The contract's fields of one reading."""
    return {
        "text": reading.text,
        "intent": reading.intent.name if reading.intent and reading.accepted else None,
        "slots": dict(reading.intent.slots) if reading.intent and reading.accepted else {},
        "score": round(reading.score, 1),
        "accepted": reading.accepted,
    }


def as_line(reading: Understanding) -> str:
    """One reading for a person."""
    if reading.accepted and reading.intent is not None:
        meaning = describe(reading.intent.name, dict(reading.intent.slots))
        return f"{reading.text!r}: {meaning}  ({reading.score:.0f})"
    near = ", ".join(describe(c.name, dict(c.slots)) for c in reading.candidates)
    return f"{reading.text!r}: not understood" + (f"; near {near}" if near else "")


def replay(settings: Settings, arguments: Namespace) -> int:
    """`voiceacu replay FILE…`: shows differences; 1 where there are any."""
    # Only this command needs the player of dialogues.
    from voiceacu.replay import replay_file  # noqa: PLC0415

    failed = 0
    for path in arguments.files:
        differences = replay_file(path, load_knowledge(settings))
        failed += bool(differences)
        print(f"{path}: {'ok' if not differences else 'differs'}")
        for difference in differences:
            print(f"  {difference}")
    return 1 if failed else 0


def points(settings: Settings, arguments: Namespace) -> int:
    """`voiceacu points [ID]`: the points in a table, or one in full."""
    library = load_library(settings.points_file)
    chosen = list(library.points)
    if arguments.point:
        known = {point.id.lower(): point for point in library.points}
        if arguments.point.lower() not in known:
            names = ", ".join(point.id for point in library.points)
            raise UserError(f"{arguments.point}: no such point; choose from {names}")
        chosen = [known[arguments.point.lower()]]
    for point in chosen:
        if arguments.json:
            print(as_json(point.model_dump(mode="json")))
        elif arguments.point:
            print(_in_full(point))
        else:
            print(f"{point.id:6} {point.name:12} {point.plain:22} {point.hold.default:4} s")
    return 0


def _in_full(point: Point) -> str:
    parts = [f"{point.id} {point.name}, {point.plain}", *point.position, *point.where, *point.how]
    parts += [f"[{claim.source}] {claim.about}: {claim.says}" for claim in point.claims]
    return "\n".join(parts)


def commands(settings: Settings, arguments: Namespace) -> int:
    """`voiceacu commands`: every intent with what to say for it."""
    table = load_table(settings, load_library(settings.points_file))
    for command in table.commands:
        if arguments.json:
            record = {"intent": command.intent, "say": command.say, "does": command.does}
            print(as_json({**record, "phrases": list(command.phrases)}))
        else:
            print(f"{command.say:32} {command.does}")
    return 0
