"""The own voice in simulated rooms: never taken for somebody, and never in anybody's way."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from voiceacu.audio.align import Aligner
from voiceacu.audio.frontend import Block, Echo, FrontEnd
from voiceacu.audio.gate import Leak
from voiceacu.audio.mixer import Mixer
from voiceacu.audio.port import Frame
from voiceacu.audio.room import Acoustics, SimulatedRoom, active_db
from voiceacu.pcm import RATE, Samples
from voiceacu.tts.voice import Voice

SENTENCES = (
    "Lie on your back and bend both knees.",
    "Feel behind your knee for the middle of the crease.",
    "Press there with both thumbs, firm but never sharp, and breathe slowly.",
    "Say next point to go on, or pause to rest for a while.",
)
COMMANDS = ("next point", "how long", "where is it", "stop")


@pytest.fixture(scope="module")
def own() -> list[Samples]:
    """The assistant's sentences."""
    return list(rendered("en-us+f5", SENTENCES))


@pytest.fixture(scope="module")
def commands() -> list[Samples]:
    """What a talker says."""
    return list(rendered("en-us+m3", COMMANDS))


def rendered(voice: str, texts: tuple[str, ...]) -> Iterator[Samples]:
    engine = Voice(None, voice)
    for text in texts:
        yield engine.render(text, 150)
    engine.close()


class Reopened(SimulatedRoom):
    """A room whose device is opened again at the moment `at`; with `monitor` what is played is
    heard from then on as if it were the microphone."""

    def __init__(self, echo_db: float | None, at: float, *, monitor: bool = False) -> None:
        super().__init__(Acoustics(echo_db=echo_db), seed=1)
        self.at, self.monitor = at, monitor

    def read(self, timeout: float = 0.0) -> Frame | None:
        frame = super().read(timeout)
        if frame is None or frame.time < self.at:
            return frame
        mic = frame.mic + frame.played if self.monitor else frame.mic
        return replace(frame, mic=mic, opening=1)


@dataclass
class Session:
    """A front end in a room where the assistant speaks without end."""

    room: SimulatedRoom
    own: list[Samples]
    front: FrontEnd = field(default_factory=FrontEnd)
    ducks: bool = True

    def __post_init__(self) -> None:
        self.mixer = Mixer()
        self.room.start(self.mixer.render)
        self.said = 0

    def run(self, until: float) -> list[Block]:
        """Speak one sentence after the other."""
        blocks = []
        while self.room.now() < until:
            if not self.mixer.speaking:
                self.mixer.speak(self.said, self.own[self.said % len(self.own)])
                self.said += 1
            blocks += self.rest(0.01)
        return blocks

    def rest(self, seconds: float) -> list[Block]:
        """Begin no sentence."""
        blocks = []
        for _ in range(round(seconds * 100)):
            frame = self.room.read(0.0)
            assert frame is not None
            blocks.append(self.front.process(frame))
            if self.ducks:
                self.mixer.duck(blocks[-1].voiced)
        return blocks


def voiced(blocks: list[Block]) -> list[float]:
    return [b.time for b in blocks if b.voiced]


@pytest.mark.parametrize(
    ("echo_db", "rt60", "seed"), [(0.0, 0.3, 1), (6.0, 0.5, 2), (-20.0, 0.4, 3)]
)
def test_its_own_voice_is_nobody(
    own: list[Samples], echo_db: float, rt60: float, seed: int
) -> None:
    session = Session(SimulatedRoom(Acoustics(echo_db=echo_db, rt60=rt60), seed=seed), own)
    assert len(voiced(session.run(20.0))) < 20


@pytest.mark.parametrize(("echo_db", "rt60", "seed"), [(-10.0, 0.3, 1), (0.0, 0.6, 3)])
def test_its_own_voice_after_breath_tones_is_nobody(
    own: list[Samples], echo_db: float, rt60: float, seed: int
) -> None:
    """A tone is like itself at any delay: it must not unsettle what is known of the room."""
    session = Session(SimulatedRoom(Acoustics(echo_db=echo_db, rt60=rt60), seed=seed), own)
    heard = voiced(session.run(6.0))
    for _ in range(2):
        session.mixer.hush()
        session.mixer.breathe(4.0, 6.0)
        heard += voiced(session.rest(12.0))
        session.mixer.stop_breathing()
        heard += voiced(session.run(session.room.now() + 4.0))
    assert len(heard) < 20


@pytest.mark.parametrize("echo_db", [0.0, -10.0, -20.0])
def test_a_talker_is_noticed_at_once_while_it_speaks(
    own: list[Samples], commands: list[Samples], echo_db: float
) -> None:
    session = Session(SimulatedRoom(Acoustics(echo_db=echo_db), seed=5), own)
    spans, at = [], 5.0
    for command in commands:
        spans.append((at, session.room.say(command, at)))
        at = spans[-1][1] + 1.5
    times = voiced(session.run(at))
    for start, end in spans:
        first = next(t for t in times if t > start)
        assert first < start + 0.4
        assert any(start < t < end + 0.2 for t in times)


def test_what_the_recogniser_gets_is_the_talker_and_little_else(own: list[Samples]) -> None:
    def heard(talks: bool) -> Samples:
        session = Session(
            SimulatedRoom(Acoustics(echo_db=0.0, noise_db=-80), seed=4), own, ducks=False
        )
        if talks:
            session.room.say(own[2], at=8.0, level=0.0)
        return np.concatenate([b.samples for b in session.run(11.0)])[8 * RATE :]

    alone, together = heard(False), heard(True)
    assert active_db(alone) < -45.0
    assert active_db(together) == pytest.approx(-26.0, abs=3.0)


@pytest.mark.slow
@pytest.mark.parametrize("drift", [-50.0, 0.0, 50.0, 120.0])
def test_delay_and_drift_are_found(own: list[Samples], drift: float) -> None:
    room = SimulatedRoom(Acoustics(echo_db=-10.0, delay=0.12, drift_ppm=drift), seed=2)
    session = Session(room, own)
    session.run(25.0)
    assert session.front.delay == pytest.approx(0.12 - drift * 1e-6 * 25.0, abs=0.002)
    # A loudspeaker that runs fast comes ever earlier.
    assert session.front.drift_ppm == pytest.approx(-drift, abs=8.0)


@pytest.mark.slow
def test_a_loudspeaker_that_moves_is_found_again(own: list[Samples]) -> None:
    session = Session(SimulatedRoom(Acoustics(echo_db=-5.0, delay=0.08), seed=1), own)
    session.run(6.0)
    assert session.front.delay == pytest.approx(0.08, abs=0.001)
    session.room.slip(0.12)  # as after a switch to a wireless loudspeaker
    session.run(12.0)
    assert session.front.delay == pytest.approx(0.2, abs=0.001)
    assert len(voiced(session.run(25.0))) < 20


@pytest.mark.parametrize(
    ("echo_db", "rt60", "seed"), [(0.0, 0.3, 1), (-10.0, 0.2, 2), (-20.0, 0.5, 3), (6.0, 0.4, 4)]
)
def test_an_echo_that_slips_is_nobody_and_is_soon_found_again(
    own: list[Samples], echo_db: float, rt60: float, seed: int
) -> None:
    """A sound server under load drops blocks in the middle of a sentence."""
    session = Session(SimulatedRoom(Acoustics(echo_db=echo_db, rt60=rt60), seed=seed), own)
    session.run(6.0)
    delay, heard = 0.08, []
    for slip in (0.01, -0.025, 0.04, -0.01, 0.025, -0.04):
        session.room.slip(slip)
        delay += slip
        heard += voiced(session.run(session.room.now() + 2.5))
        assert session.front.delay == pytest.approx(delay, abs=0.001)
    assert len(heard) < 10


def test_while_the_echo_is_looked_for_the_recogniser_gets_none_of_the_own_voice(
    own: list[Samples],
) -> None:
    session = Session(SimulatedRoom(Acoustics(echo_db=0.0), seed=1), own)
    session.run(6.0)
    session.room.slip(0.025)
    noticed = 0.15
    session.run(6.0 + noticed)
    sought = np.concatenate([b.samples for b in session.run(6.4)])
    assert active_db(sought) < -60.0


@pytest.mark.parametrize("echo_db", [0.0, -10.0, -20.0])
@pytest.mark.parametrize("slip", [0.01, 0.025, -0.04])
def test_a_talker_is_heard_soon_after_the_echo_slipped(
    own: list[Samples], commands: list[Samples], echo_db: float, slip: float
) -> None:
    session = Session(SimulatedRoom(Acoustics(echo_db=echo_db), seed=5), own)
    session.run(6.0)
    session.room.slip(slip)
    end = session.room.say(commands[-1], at=7.5)
    times = voiced(session.run(9.0))
    assert 7.5 < times[0] < 7.8
    assert sum(t < end for t in times) > 20


def test_a_talker_louder_than_the_echo_is_heard_while_it_is_looked_for(
    own: list[Samples], commands: list[Samples]
) -> None:
    session = Session(SimulatedRoom(Acoustics(echo_db=-20.0), seed=5), own)
    session.run(6.0)
    session.room.slip(0.04)
    session.room.say(commands[-1], at=6.2)
    assert 6.2 < voiced(session.run(7.5))[0] < 6.5


@pytest.mark.parametrize("sure", [True, False])
def test_who_was_not_let_in_is_not_kept_out_for_long(sure: bool) -> None:
    """What is taken for the leak raises what counts as one: a talker must not."""
    leak, played = Leak(), -23.0
    for level, blocks, alone in ((-60.0, 500, True), (-35.0, 100, sure)):
        for _ in range(blocks):
            leak.exceeded(level, played)
            leak.learn(level, alone)
    assert leak.exceeded(-40.0, played) is not sure


def test_how_a_talker_begins_is_not_taken_for_the_leak() -> None:
    """The suppressor bites off the first tenth of a second, as if nobody spoke there."""
    leak, played = Leak(), -23.0

    def learn(level: float, blocks: int, *, alone: bool) -> None:
        for _ in range(blocks):
            leak.exceeded(level, played)
            leak.learn(level, alone)

    for _ in range(20):
        learn(-60.0, 100, alone=True)
        learn(-35.0, 12, alone=True)
        learn(-35.0, 4, alone=False)
        leak.forget()
    learn(-60.0, 40, alone=True)
    assert leak.exceeded(-48.0, played)


def test_what_is_left_of_the_own_voice_is_hushed(own: list[Samples]) -> None:
    """It precedes every command that the recogniser is given."""
    session = Session(SimulatedRoom(Acoustics(echo_db=0.0, rt60=0.3), seed=1), own)
    session.run(6.0)
    # All that it says: the synthesiser never speaks a sentence quite the same twice.
    left = np.concatenate([block.samples for block in session.run(24.0)])
    assert active_db(left) < -60.0


def test_only_what_the_own_voice_was_taken_out_of_is_covered(own: list[Samples]) -> None:
    """A voice in it may be noticed late, so the recogniser is given more of what was before."""
    session = Session(SimulatedRoom(Acoustics(echo_db=-10.0), seed=1), own)
    session.run(6.0)
    assert all(block.covered for block in session.run(8.0))
    session.mixer.hush()
    assert not any(block.covered for block in session.rest(3.0)[-100:])
    apart = Session(SimulatedRoom(Acoustics(echo_db=None), seed=1), own)
    apart.run(5.0)
    assert not any(block.covered for block in apart.run(7.0))


def test_headphones_are_recognised_and_cost_nothing_extra(own: list[Samples]) -> None:
    session = Session(SimulatedRoom(Acoustics(echo_db=None), seed=1), own)
    session.run(5.0)
    frame = session.room.read(0.0)
    assert frame is not None
    assert frame.played.any()
    assert session.front.process(frame).samples is frame.mic


def test_headphones_that_are_unplugged_are_noticed(own: list[Samples]) -> None:
    class Unplugged(Reopened):
        """It goes on playing through the loudspeaker; no device was opened."""

        def read(self, timeout: float = 0.0) -> Frame | None:
            frame = super().read(timeout)
            return frame and replace(frame, opening=0)

    times = voiced(Session(Unplugged(None, at=6.3, monitor=True), own).run(12.0))
    assert times[-1] < 7.3


def test_an_echo_out_of_reach_is_no_sign_of_headphones(own: list[Samples]) -> None:
    session = Session(SimulatedRoom(Acoustics(echo_db=-5.0, delay=0.9), seed=1), own)
    assert len(voiced(session.run(10.0))) < 20


@pytest.mark.parametrize("echo_db", [None, -20.0])
def test_its_own_voice_is_nobody_where_a_monitor_takes_the_place_of_the_microphone(
    own: list[Samples], echo_db: float | None
) -> None:
    room = Reopened(echo_db, at=6.0, monitor=True)
    assert voiced(Session(room, own).run(12.0)) == []


def test_its_own_voice_is_nobody_where_the_monitor_was_opened_first(own: list[Samples]) -> None:
    assert voiced(Session(Reopened(None, at=0.0, monitor=True), own).run(6.0)) == []


@pytest.mark.parametrize("echo_db", [None, -10.0])
def test_a_talker_is_heard_in_the_quiet_after_the_device_was_opened_again(
    own: list[Samples], commands: list[Samples], echo_db: float | None
) -> None:
    room = Reopened(echo_db, at=6.2)
    session = Session(room, own)
    session.run(5.0)
    session.mixer.hush()
    room.say(commands[0], at=6.3)
    assert 6.3 < voiced(session.rest(3.0))[0] < 6.6


@pytest.mark.parametrize("echo_db", [None, -10.0])
def test_a_talker_is_heard_while_it_speaks_after_the_device_was_opened_again(
    own: list[Samples], commands: list[Samples], echo_db: float | None
) -> None:
    room = Reopened(echo_db, at=6.0)
    session = Session(room, own)
    room.say(commands[0], at=10.0)
    assert 10.0 < voiced(session.run(11.5))[0] < 10.4


def test_told_of_headphones_it_never_cancels(own: list[Samples]) -> None:
    room = SimulatedRoom(Acoustics(echo_db=None), seed=1)
    session = Session(room, own, FrontEnd(Echo.HEADPHONES))
    session.run(0.5)
    frame = room.read(0.0)
    assert frame is not None
    assert session.front.process(frame).samples is frame.mic


def test_half_duplex_is_deaf_while_it_speaks_and_hears_after(own: list[Samples]) -> None:
    room = SimulatedRoom(Acoustics(echo_db=0.0), seed=1)
    session = Session(room, own, FrontEnd(Echo.HALF_DUPLEX))
    room.say(own[0], at=1.0)
    assert voiced(session.run(4.0)) == []
    session.mixer.hush()
    room.say(own[0], at=6.0)
    blocks = []
    while room.now() < 9.0:
        frame = room.read(0.0)
        assert frame is not None
        blocks.append(session.front.process(frame))
    assert voiced(blocks)[0] == pytest.approx(6.1, abs=0.2)


def test_the_reference_comes_before_its_echo_and_stays_still() -> None:
    aligner, rng = Aligner(), np.random.default_rng(0)
    played = (0.1 * rng.normal(size=5 * RATE)).astype(np.float32)
    mic = np.concatenate([np.zeros(1600, np.float32), 0.3 * played])[: len(played)]
    got = [
        aligner.feed(m, p)
        for m, p in zip(mic.reshape(-1, 160), played.reshape(-1, 160), strict=True)
    ]
    assert aligner.delay == pytest.approx(0.1, abs=1e-4)
    assert aligner.jumps == 1
    # 8 ms before the echo, sample for sample.
    late = np.concatenate(got)[-RATE:]
    np.testing.assert_array_equal(late, played[-RATE - 1472 : -1472])


def test_a_click_of_a_talker_like_one_in_what_is_played_is_no_echo() -> None:
    aligner, rng = Aligner(), np.random.default_rng(0)
    mic, played = (0.001 * rng.normal(size=(2, 6 * RATE))).astype(np.float32)
    played *= 10
    for click in (2.0, 3.5, 4.2):
        played[round(click * RATE)] = 0.5
        mic[round((click + rng.uniform(0.1, 0.4)) * RATE)] = 0.5
    for m, p in zip(mic.reshape(-1, 160), played.reshape(-1, 160), strict=True):
        aligner.feed(m, p)
    assert aligner.delay is None


def test_the_large_canceller_is_loaded_only_once_something_sounds() -> None:
    program = """
import sys, numpy as np
from voiceacu.audio.frontend import FrontEnd
from voiceacu.audio.port import Frame, SILENCE
front = FrontEnd()
for i in range(100): front.process(Frame(SILENCE, SILENCE, i / 100))
assert "livekit" not in sys.modules and "pyaec" not in sys.modules
front.process(Frame(SILENCE, np.full(160, 0.1, np.float32), 1.0))
assert "livekit" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
