"""`voiceacu check FILE`: what is wrong or doubtful in a data author's file."""

from argparse import Namespace

from voiceacu.asr.models import find_model, vocabulary
from voiceacu.nlu.check import check_author_file
from voiceacu.settings import Settings


def check(settings: Settings, arguments: Namespace) -> int:
    """Print each finding on its own line; 1 where there is any, 2 where the file is no use."""
    known = frozenset(vocabulary(find_model(settings.model)))
    findings = check_author_file(arguments.file, settings.language, known.__contains__)
    for finding in findings:
        print(finding)
    if not findings:
        print(f"{arguments.file}: nothing to remark")
    return 1 if findings else 0
