"""The command line as other tools rely on it."""

import json
from pathlib import Path

import pytest

from voiceacu import cli

from .conftest import Program

COMMANDS = [
    "listen",
    "chat",
    "demo",
    "hear",
    "understand",
    "replay",
    "points",
    "commands",
    "history",
    "doctor",
    "model",
    "check",
    "guide",
]


def test_help_names_every_command(voiceacu: Program) -> None:
    shown = voiceacu("--help")
    assert shown.returncode == 0
    for command in COMMANDS:
        assert f"    {command} " in shown.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(voiceacu: Program, command: str) -> None:
    shown = voiceacu(command, "--help")
    assert shown.returncode == 0
    assert f"voiceacu {command}" in shown.stdout


def test_understand_gives_the_fields_of_the_contract(voiceacu: Program) -> None:
    shown = voiceacu("understand", "--json", "next point, please", "the next bus stop")
    command, other = map(json.loads, shown.stdout.splitlines())
    assert list(command) == ["text", "intent", "slots", "score", "accepted"]
    assert (command["intent"], command["accepted"]) == ("next_point", True)
    assert (other["intent"], other["accepted"]) == (None, False)


def test_continue_means_what_the_phase_makes_of_it(voiceacu: Program) -> None:
    for phase, intent in (("paused", "resume"), ("ready", "next_point")):
        shown = voiceacu("understand", "--json", "--phase", phase, "continue")
        assert json.loads(shown.stdout)["intent"] == intent


def test_points_lists_six_and_shows_one_in_full(voiceacu: Program) -> None:
    listed = voiceacu("points").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [
        "BL-40",
        "BL-23",
        "BL-25",
        "BL-52",
        "GB-41",
        "BL-60",
    ]
    assert "[B]" in voiceacu("points", "bl-52").stdout


BAD = {
    "no such command": (["dance"], "invalid choice"),
    "no such phase": (["understand", "--phase", "dancing", "stop"], "no such phase"),
    "no such point": (["points", "BL-99"], "no such point"),
    "no such WAV": (["hear", "nothing.wav"], "nothing.wav"),
    "no such points file": (["points", "--data", "nothing.yaml"], "nothing.yaml"),
    "no such language": (["points", "--language", "nowhere"], "nowhere"),
    "no such dialogue": (["replay", "nothing.yaml"], "nothing.yaml"),
    "no such model": (["hear", "--model", "nowhere", "nothing.wav"], "no"),
    "no model there": (["model", "check", "nowhere"], "nowhere"),
    "unknown model": (["model", "download", "vosk-model-klingon"], "vosk-model-klingon"),
}


@pytest.mark.parametrize(("arguments", "says"), BAD.values(), ids=BAD.keys())
def test_bad_input_gets_a_clear_line_and_status_2(
    voiceacu: Program, arguments: list[str], says: str
) -> None:
    shown = voiceacu(*arguments)
    assert shown.returncode == 2
    assert says in shown.stderr
    assert "Traceback" not in shown.stderr
    assert not shown.stdout


def test_all_errors_of_a_points_file_come_at_once_with_line_numbers(
    voiceacu: Program, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("language: en\nsources: []\npoints: 7\nroutines: nothing\nspelling: off\n")
    shown = voiceacu("points", "--data", str(bad))
    assert shown.returncode == 2
    for line in (3, 4, 5):
        assert f"bad.yaml:{line}:" in shown.stderr


def test_chat_answers_a_pipe_and_ends_with_it(voiceacu: Program) -> None:
    shown = voiceacu("chat", typed="start routine\nno\nhow many are left\nstop\n")
    assert shown.returncode == 0
    assert "five points after this one" in shown.stdout
    assert not shown.stderr


def test_listen_without_a_microphone_takes_typed_lines(voiceacu: Program) -> None:
    shown = voiceacu("listen", typed="what can i say\nstop\n")
    assert shown.returncode == 0
    assert "microphone" in shown.stderr
    assert "start routine" in shown.stdout.lower()


def test_every_command_is_a_function() -> None:
    assert sorted(cli.COMMANDS) == sorted(COMMANDS)
