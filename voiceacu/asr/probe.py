"""Trying a model out where it can do no harm: in a process of its own.

The check of the files finds what usually goes wrong. Whether libvosk really hears with a model
only shows when it does, and it may end its process with no exception.
"""

import subprocess
import sys
from pathlib import Path

from voiceacu.asr.models import check_model
from voiceacu.errors import UserError

_PATIENCE = 120.0
"""Seconds; a large model takes some to load."""

_TRY = """
import sys
import numpy as np
from pathlib import Path
from voiceacu.asr.models import vocabulary
from voiceacu.asr.recogniser import Recogniser
from voiceacu.errors import UserError
from voiceacu.nlu.grammar import Sentences

words = [word for word in vocabulary(Path(sys.argv[1])) if word.isalpha()]
some = tuple(words[:: max(1, len(words) // 100)])

class Some:
    def missing_words(self, has_word):
        return ()

    def grammar(self, has_word):
        return some

    def sentences(self, has_word):
        return Sentences(tuple((word,) for word in some), {})

try:
    recogniser = Recogniser(Path(sys.argv[1]), Some())
except UserError as error:
    sys.exit(str(error))
noise = np.random.default_rng(1).normal(0, 0.1, 32000).astype(np.float32)
recogniser.accept(noise)
recogniser.finish()
recogniser.again(noise)
"""


def try_model(path: Path) -> None:
    """Hear two seconds of noise with this model; raises UserError where that fails."""
    check_model(path)
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TRY, str(path)],
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(f"{path}: did not load in {_PATIENCE:.0f} s; use a smaller one") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
        reason = said[-1] if said else f"status {done.returncode}"
        raise UserError(
            reason
            if reason.startswith(str(path))
            else f"{path}: libvosk fails with this model ({reason}); unpack it anew"
        )
