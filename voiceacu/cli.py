"""Arguments, exit statuses, and nothing else: each command is a function in `app`."""

import argparse
import importlib
import io
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from voiceacu import __version__
from voiceacu.errors import UserError
from voiceacu.settings import Settings

BAD_INPUT = 2

COMMANDS: dict[str, tuple[str, str]] = {
    "listen": ("voiceacu.app.listen:listen", "the assistant itself: hears you and speaks"),
    "chat": ("voiceacu.app.chat:chat", "a typed conversation, without any sound"),
    "demo": ("voiceacu.app.demo:demo", "a whole spoken session in a simulated room"),
    "hear": ("voiceacu.app.hear:hear", "what is said in WAV files"),
    "understand": ("voiceacu.app.show:understand", "what a text means"),
    "replay": ("voiceacu.app.show:replay", "golden dialogues in fake time"),
    "points": ("voiceacu.app.show:points", "the points it knows"),
    "commands": ("voiceacu.app.show:commands", "what can be said"),
    "history": ("voiceacu.app.history:history", "the sessions practised"),
    "doctor": ("voiceacu.app.doctor:doctor", "checks devices, model, voice and hearing"),
    "model": ("voiceacu.app.models:model", "lists, downloads and checks models"),
    "check": ("voiceacu.app.check:check", "checks a points or language file of your own"),
    "guide": ("voiceacu.app.guide:guide", "a page with body maps to look at before lying down"),
}


HEARING = {"listen", "demo", "hear", "doctor", "check"}
"""Commands that have to do with devices or with the model."""


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; `help` of the program and the README come from here."""
    parser = argparse.ArgumentParser(
        prog="voiceacu",
        description="An offline voice assistant that leads you through six acupressure points. "
        "Without a command it listens.",
    )
    parser.add_argument("--version", action="version", version=f"voiceacu {__version__}")
    _add_content(parser)
    _add_sound(parser)
    # The same options stand before and behind the command; SUPPRESS keeps the first value.
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    _add_content(shared)
    sound = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    _add_sound(sound)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    made = {
        name: commands.add_parser(
            name,
            help=summary,
            description=f"voiceacu {name}: {summary}.",
            parents=[shared, sound] if name in HEARING else [shared],
        )
        for name, (_, summary) in COMMANDS.items()
    }
    _add_arguments(made)
    return parser


def _add_content(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("content")
    group.add_argument("--data", type=Path, metavar="FILE", help="a points file of your own")
    group.add_argument(
        "--language",
        type=Path,
        metavar="FOLDER",
        help="a folder of texts: points.yaml, commands.yaml, replies.yaml, language.yaml",
    )
    group.add_argument(
        "--phrases", type=Path, metavar="FILE", help="further phrases, as in commands.yaml"
    )
    group.add_argument("--journal", type=Path, metavar="FILE", help="the journal file")


def _add_sound(parser: argparse.ArgumentParser) -> None:
    flag = parser.argument_default if parser.argument_default is argparse.SUPPRESS else False
    group = parser.add_argument_group("sound")
    group.add_argument("--model", type=Path, metavar="PATH", help="a Vosk model's folder")
    group.add_argument("--microphone", metavar="NAME", help="a microphone, by a part of its name")
    group.add_argument("--loudspeaker", metavar="NAME", help="a loudspeaker, likewise")
    group.add_argument("--night", action="store_true", default=flag, help="speak quietly")
    group.add_argument(
        "--headphones", action="store_true", default=flag, help="no echo can be heard"
    )
    group.add_argument(
        "--half-duplex",
        action="store_true",
        default=flag,
        help="take commands only while the assistant is silent",
    )


def _add_arguments(made: dict[str, argparse.ArgumentParser]) -> None:
    """Arguments that one command has for itself."""
    made["demo"].add_argument("--out", type=Path, default=Path("demo-out"), metavar="DIR")
    made["hear"].add_argument("files", nargs="+", type=Path, metavar="FILE.wav")
    made["hear"].add_argument("--json", action="store_true", help="one object a line")
    made["hear"].add_argument("--commands", type=Path, metavar="FILE", help="another phrase table")
    made["understand"].add_argument("texts", nargs="+", metavar="TEXT")
    made["understand"].add_argument("--json", action="store_true", help="one object a line")
    made["understand"].add_argument("--phase", metavar="PHASE", help="where the dialogue is")
    made["replay"].add_argument("files", nargs="+", type=Path, metavar="FILE.yaml")
    made["points"].add_argument("point", nargs="?", metavar="ID")
    for name in ("points", "commands", "history", "doctor"):
        made[name].add_argument("--json", action="store_true", help="one object a line")
    made["history"].add_argument("--plot", type=Path, metavar="FILE.png", help="draw the weeks")
    made["history"].add_argument("--export", choices=("csv", "json"), help="print every session")
    made["history"].add_argument("--forget", action="store_true", help="delete every session")
    made["check"].add_argument("file", type=Path, metavar="FILE")
    made["guide"].add_argument("--out", type=Path, default=Path("guide"), metavar="DIR")
    model = made["model"].add_subparsers(dest="action", required=True, metavar="ACTION")
    for action, summary in (("list", "models with size and licence"), ("check", "look at one")):
        made_action = model.add_parser(action, help=summary)
        made_action.add_argument("--json", action="store_true", help="one object a line")
        if action == "check":
            made_action.add_argument("path", type=Path, metavar="PATH")
    model.add_parser("download", help="fetch one").add_argument("name", metavar="NAME")


def settings_from(arguments: argparse.Namespace) -> Settings:
    """The choices of this run; raises UserError for a file or folder that is not there."""
    given = {
        "language": arguments.language,
        "points": arguments.data,
        "phrases": arguments.phrases,
        "journal": arguments.journal,
        "model": arguments.model,
        "microphone": arguments.microphone,
        "loudspeaker": arguments.loudspeaker,
        "night": arguments.night,
        "headphones": arguments.headphones,
        "half_duplex": arguments.half_duplex,
    }
    for option, key in (("--data", "points"), ("--phrases", "phrases")):
        path = given[key]
        if path is not None and not path.is_file():
            raise UserError(f"{option} {path}: no such file; give the path of a YAML file")
    if given["language"] is not None and not given["language"].is_dir():
        raise UserError(f"--language {given['language']}: no such folder; give a folder of texts")
    return Settings(**{key: value for key, value in given.items() if value is not None})


def run(arguments: argparse.Namespace) -> int:
    """Run the chosen command."""
    module, _, function = COMMANDS[arguments.command or "listen"][0].partition(":")
    # Imported only now: `points` must not wait for audio packages, nor need them.
    command = getattr(importlib.import_module(module), function)
    return int(command(settings_from(arguments), arguments))


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """The program; returns its exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows pipe is not UTF-8 by itself; what it prints is.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = build_parser().parse_args(argv)
    signal.signal(signal.SIGTERM, _leave)
    try:
        return run(arguments)
    except UserError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        # The reader of a pipe went away, as `head` does; nobody is left to tell.
        sys.stderr.close()
        return 0
