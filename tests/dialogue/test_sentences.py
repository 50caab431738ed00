"""What is said is for the ear: short, one idea a sentence, and always understood when suggested."""

from collections.abc import Iterator
from string import Formatter

from voiceacu.app.knowledge import Knowledge
from voiceacu.dialogue.attention import HELP
from voiceacu.dialogue.coach import HANDLERS
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.replies import fields
from voiceacu.nlu.types import Phase

LONGEST_SENTENCE, MEAN_SENTENCE = 20, 12


def longest(knowledge: Knowledge) -> dict[str, str]:
    """Each slot filled with the longest that may stand there."""
    points = knowledge.library.points
    replies = knowledge.replies
    plain = max((p.plain for p in points), key=lambda text: len(text.split()))
    risky = [p.plain for p in points if p.avoid_in_pregnancy]
    says = sorted(knowledge.table.commands, key=lambda c: len(c.say.split()))
    return {
        "point": plain,
        "points": replies.listed([p.plain for p in points[:3]]),
        "name": max((p.spoken for p in points), key=lambda text: len(text.split())),
        "code": max((p.code for p in points), key=lambda text: len(text.split())),
        "side": max((replies.side(1, p.part) for p in points), key=lambda text: len(text.split())),
        "length": replies.duration(95),
        "left": replies.duration(95),
        "wait": replies.duration(20),
        "minutes": replies.minutes(1500),
        "number": replies.number(6),
        "count": replies.number(6),
        "fewest": replies.number(3),
        "most": replies.number(4),
        "inhale": replies.number(6),
        "exhale": replies.number(9),
        "time": replies.clock(9, 5),
        "first": says[-1].say,
        "second": says[-2].say,
        "routines": replies.listed([r.spoken for r in knowledge.library.routines]),
        "risky": replies.listed(risky),
    }


def sentences(knowledge: Knowledge) -> Iterator[str]:
    """Every sentence it can say, with its slots filled."""
    say = {command.intent: command.say for command in knowledge.table.commands}
    slots = longest(knowledge)
    for key in Key:
        filled = {**slots, "points": slots["risky"]} if "point" not in key else slots
        for variant, _ in enumerate(knowledge.replies.texts[key]):
            yield knowledge.replies.text(key, filled, say, variant)
    for point in knowledge.library.points:
        for part in ("position", "where", "how", "purpose", "landmarks", "feel", "side"):
            yield from getattr(point, part)
        yield from (*point.easier, *point.softer)
    yield from knowledge.library.tips


def test_no_sentence_is_long(knowledge: Knowledge) -> None:
    lengths = {text: len(text.split()) for text in sentences(knowledge)}
    assert [text for text, words in lengths.items() if words > LONGEST_SENTENCE] == []
    assert sum(lengths.values()) / len(lengths) <= MEAN_SENTENCE


def test_no_sentence_would_itself_be_taken_for_a_command(knowledge: Knowledge) -> None:
    # A short question to choose between two commands has to name them.
    asking = {Key.CLARIFY_ONE, Key.CLARIFY_TWO}
    names = [text for key in asking for text in knowledge.replies.texts[key]]
    heard = [
        (text, understood.intent)
        for text in sentences(knowledge)
        if (understood := knowledge.table.understand(text)).accepted and text not in names
    ]
    assert heard == []


def test_no_sentence_holds_a_word_that_acts_at_once(knowledge: Knowledge) -> None:
    """What is acted on before it is said to its end must not come out of our own mouth.

    Help and questions name commands; they are said when asked for.
    """
    naming = {Key.HELP, Key.HELP_MORE, Key.CLARIFY_ONE, Key.CLARIFY_TWO}
    say = {command.intent: command.say for command in knowledge.table.commands}
    for key in set(Key) - naming:
        for variant, _ in enumerate(knowledge.replies.texts[key]):
            text = knowledge.replies.text(key, longest(knowledge), say, variant)
            words = "".join(c if c.isalpha() or c == "'" else " " for c in text.lower()).split()
            parts = (words[i:j] for i in range(len(words)) for j in range(i + 1, i + 6))
            assert [p for part in parts if knowledge.table.is_urgent(p := " ".join(part))] == []


def test_a_text_is_one_sentence(knowledge: Knowledge) -> None:
    several = [text for text in sentences(knowledge) if any(m in text[:-1] for m in ".!?")]
    assert several == []


def test_every_phrase_it_suggests_is_understood_where_it_is_suggested(
    knowledge: Knowledge,
) -> None:
    offered = {intent for pages in HELP.values() for page in pages for intent in page}
    for wordings in knowledge.replies.texts.values():
        offered |= {intent for text in wordings for intent in fields(text)[1]}
    for intent in sorted(offered | set(HANDLERS)):
        say = knowledge.table.suggestion(intent)
        for phase in Phase:
            understood = knowledge.table.understand(say, phase)
            assert understood.accepted, (say, phase)
            assert understood.intent is not None
            assert understood.intent.name == intent, (say, phase)


def test_the_help_of_a_phase_offers_what_it_understands(knowledge: Knowledge) -> None:
    assert set(HELP) == set(Phase)
    for routine in knowledge.library.routines:
        understood = knowledge.table.understand(routine.spoken, Phase.IDLE)
        assert understood.accepted
        assert understood.intent is not None
        assert understood.intent.name == "start_routine"
        assert understood.intent.slots["routine"] == routine.id


def test_every_text_has_a_use(knowledge: Knowledge) -> None:
    """Each key is a name in the dialogue, so that no text is written in vain."""
    from pathlib import Path  # noqa: PLC0415

    import voiceacu.dialogue  # noqa: PLC0415

    folder = Path(str(voiceacu.dialogue.__file__)).parent
    code = "\n".join(p.read_text() for p in folder.glob("*.py") if p.name != "keys.py")
    assert [key.name for key in Key if f"Key.{key.name}" not in code] == []


def test_slots_stand_in_the_texts_that_need_them(knowledge: Knowledge) -> None:
    for key in Key:
        for text in knowledge.replies.texts[key]:
            names = {name for _, name, _, _ in Formatter().parse(text) if name}
            assert {name for name in names if not name.startswith("say[")} <= key.slots
