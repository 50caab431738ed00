"""What is said next: one sentence at a time, and none of them lost or said twice.

Lines wait in one queue. An answer goes to its front; the sentence that it cuts goes back behind
the answer and is said again from its start. A sentence that was spoken to its end is gone.
What has become untrue by the time it could be said (the time left of a hold that is over) and
what was only a passing remark is dropped.
"""

from collections.abc import Iterable
from dataclasses import replace

from voiceacu.dialogue.actions import Hush, Say, StopBreathing
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment
from voiceacu.dialogue.state import Line, Speech, State

BREATHER = 0.6
"""Seconds of silence before a cut sentence is said again."""

TURN = 12.0
"""Seconds of speech after which the person has the floor."""

FLOOR = 2.5
"""Seconds of silence that are the person's: after a turn, and after a question to them."""

A_SENTENCE, A_LETTER, A_REST = 0.7, 0.07, 0.4
"""Seconds that a voice takes for a sentence, besides each letter and each comma, at the pace..."""

NORMAL_PACE = 150
"""... in words a minute."""

PATIENCE = 10.0
"""Seconds, besides three times its own length, after which a sentence has surely ended."""

_IN_A_HOLD = frozenset({Key.BREATHE_WITH_TONES, Key.THEN_OTHER_SIDE})
"""Sentences that make sense only while a hold is on, besides those that tell what is left."""


def answer(m: Moment, s: State, topic: str, lines: Iterable[Line]) -> State:
    """Say lines now; what they cut is said again after them.

    The same question asked again replaces its own older answer, and what the answer tells is not
    told a second time.
    """
    told = tuple(replace(line, topic=topic) for line in lines)
    texts = {line.text for line in told if line.text}
    rest = tuple(line for line in _kept(s.speech) if line.topic != topic and line.text not in texts)
    s = hush(s)
    queue = told + rest
    return say_next(m, replace(s, speech=replace(s.speech, queue=queue, turn=0.0, fresh=False)))


def again(m: Moment, s: State, *lines: Line) -> State:
    """Say lines instead of the current sentence, before all that waits."""
    s = hush(s)
    queue = lines + s.speech.queue
    return say_next(m, replace(s, speech=replace(s.speech, queue=queue, turn=0.0, fresh=False)))


def remark(m: Moment, s: State, *lines: Line) -> State:
    """Say lines after the current sentence, before all that waits, without cutting anything."""
    return say_next(m, replace(s, speech=replace(s.speech, queue=lines + s.speech.queue)))


def tell(m: Moment, s: State, lines: Iterable[Line]) -> State:
    """Say lines after all that is being said and waits."""
    s = replace(s, speech=replace(s.speech, queue=s.speech.queue + tuple(lines)))
    return say_next(m, s)


def hush(s: State) -> State:
    """Cut the current sentence, for good unless the caller put it back; the queue stays."""
    if s.speech.current is None:
        return s
    return replace(s, speech=replace(s.speech, current=None)).emit(Hush())


def clear(s: State) -> State:
    """Be silent, and forget all that waited."""
    s = hush(s)
    return replace(s, speech=replace(s.speech, queue=(), turn=0.0, fresh=False))


def skip(s: State, *keys: Key) -> State:
    """Leave unsaid what waits to be said and is not needed any more."""
    queue = tuple(line for line in s.speech.queue if line.key not in keys)
    return replace(s, speech=replace(s.speech, queue=queue))


def forget(s: State, *keys: Key) -> State:
    """Leave unsaid what is not true any more, also where it is being said."""
    s = skip(s, *keys)
    parked = tuple(line for line in s.parked if line.key not in keys)
    s = replace(s, parked=parked)
    return hush(s) if s.speech.current is not None and s.speech.current.key in keys else s


def cut(s: State) -> State:
    """Be silent; the cut sentence waits first in the queue, though nothing goes on by itself."""
    kept = _kept(s.speech)
    s = hush(s)
    return replace(s, speech=replace(s.speech, queue=kept))


def _kept(speech: Speech) -> tuple[Line, ...]:
    """What is still to be said, without a passing remark that was cut."""
    if speech.current is None:
        return speech.queue
    if not speech.current.lasting:
        return speech.queue
    again = replace(speech.current, pause=min(speech.current.pause, BREATHER) or BREATHER)
    return (again, *speech.queue)


def finish(m: Moment, s: State) -> State:
    """The current sentence was spoken to its end; say what comes next."""
    line = s.speech.current
    if line is None:
        return s
    # A prompt is repeated together with the sentence before it, which is what was missed.
    prompt = line.key in (Key.READY_PROMPT, Key.OR_SKIP)
    said = (*s.speech.said[-1:], line) if prompt else (line,)
    speech = replace(s.speech, current=None, said=said, fresh=True, ended=m.now)
    return say_next(m, replace(s, speech=speech))


def say_next(m: Moment, s: State) -> State:
    """Begin the first line that still makes sense, if nothing is being said."""
    if s.speech.current is not None or "loudspeaker" in s.lost:
        return s
    queue = s.speech.queue
    while queue and not _makes_sense(s, queue[0]):
        queue = queue[1:]
    if not queue:
        return replace(s, speech=replace(s.speech, queue=()))
    number = s.speech.last_id + 1
    line = replace(queue[0], wording=queue[0].wording or number)
    text = render(m, s, line)
    seconds = duration(text, s.settings.pace)
    line, turn = _with_floor(m, s.speech, line, seconds)
    began = m.now + line.pause
    speech = replace(
        s.speech,
        current=line,
        queue=queue[1:],
        last_id=number,
        began=began,
        due=began + PATIENCE + 3.0 * seconds,
        turn=turn,
    )
    if s.breathing:
        s = replace(s, breathing=False).emit(StopBreathing())
    return replace(s, speech=speech, wait=None).emit(Say(number, text, line.pause))


def _with_floor(m: Moment, speech: Speech, line: Line, seconds: float) -> tuple[Line, float]:
    """The line, after a silence where the turn would get too long; and how long the turn is."""
    if m.now - speech.ended + line.pause >= FLOOR:
        return line, seconds
    if speech.turn + seconds > TURN:
        return replace(line, pause=FLOOR), seconds
    return line, speech.turn + seconds


def _makes_sense(s: State, line: Line) -> bool:
    needs_hold = line.key is not None and ("left" in line.key.slots or line.key in _IN_A_HOLD)
    return s.clock is not None or not needs_hold


def render(m: Moment, s: State, line: Line) -> str:
    """The words of a line as of now."""
    if line.key is None:
        return line.text
    slots = dict(line.slots)
    if "left" in line.key.slots:
        slots["left"] = m.replies.duration(m.remaining(s))
    return m.replies.text(line.key, slots, m.say, line.wording)


def duration(text: str, pace: int) -> float:
    """About how many seconds a sentence takes, rather more than less."""
    letters = sum(c.isalpha() for c in text)
    rests = sum(c in ",;:" for c in text)
    return (A_SENTENCE + letters * A_LETTER + rests * A_REST) * NORMAL_PACE / pace
