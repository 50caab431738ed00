"""`python -m voiceacu` is the command `voiceacu`."""

import sys

from voiceacu.cli import main

sys.exit(main())
