"""Recipe that trains the Vosk-format speech model in ``models/voiceacu-en``.

Run ``python -m training --help``; the stages are described in ``training/README.md``.
"""

import os

# waiting threads would otherwise spin, which on a shared machine costs more than it saves
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
