"""What went wrong without ending the session: told once, on standard error."""

import sys


class Report:
    """Prints each message the first time it comes."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, message: str) -> None:
        """Tell about `message`, unless that was told before."""
        if message not in self._told:
            self._told.add(message)
            print(message, file=sys.stderr, flush=True)
