"""Recipe that trains the Vosk-format speech model in ``models/voiceacu-en``.

Run ``python -m training --help``; the stages are described in ``training/README.md``.
"""
