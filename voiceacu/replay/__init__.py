"""Golden dialogues: a conversation as a YAML timeline, played in fake time.

A file holds dialogues, a dialogue holds steps, and a step does or expects one thing:

    dialogues:
      - title: asking how long, in a hold
        begin: holding             # get to this phase first, by voice; ten seconds into a hold
        steps:
          - user: how long         # goes through the phrase table, like everything that is said
          - unclear: [next_point, repeat]   # something near these commands is said
          - says: time_left        # the next sentence: a key of replies.yaml, `BL-40.where` of
                                   # points.yaml, or a part of its text; a list for several
          - quiet: 15              # nothing is said for so many seconds
          - user: pause
            at: 40                 # seconds since the beginning of the steps
          - chime: hold_end        # the next one of this kind
            at: 61.5               # within half a second of this time
          - record: ended          # the journal's next fact of this kind
            outcome: stopped
          - left: 32.5             # seconds left of the hold
          - phase: holding         # the phase it is in now
          - after: 5               # let time pass
          - until: ready           # let time pass until a phase
          - action: Hush           # the next action of this kind
          - volume: -3             # the next change of loudness (dB), or `pace` (words a minute)
          - lost: microphone       # a device goes, or comes back: `returned`

`says`, `chime`, `record` and `action` let time pass until it happens, at most `within` seconds.
Sentences take as long as their words do at the pace that is set.
"""

from pathlib import Path

from voiceacu.content.yaml_file import read_yaml, report, validate
from voiceacu.replay.expect import Different, perform
from voiceacu.replay.stage import Knowing, Stage
from voiceacu.replay.timeline import DialogueFile

__all__ = ["Knowing", "replay_file"]


def replay_file(path: Path, knowledge: Knowing) -> list[str]:
    """Play every dialogue of a file; the differences, none where all went as written.

    Raises:
        UserError: the file is no file of dialogues; one line for each error.
    """
    file = validate(read_yaml(path), DialogueFile, path)
    differences = []
    for i, dialogue in enumerate(file.dialogues):
        stage = Stage(knowledge, dialogue)
        for j, step in enumerate(dialogue.steps):
            try:
                perform(stage, step)
            except Different as difference:
                place = ("dialogues", i, "steps", j)
                told = report(path, [(place, f"{dialogue.title}: {difference}")])
                differences.append(f"{told}\n{stage.tail()}")
                break
    return differences
