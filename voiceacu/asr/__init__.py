"""From echo-free sound to words: models, the recogniser, and when an utterance is over."""
