"""Lines from a keyboard or a pipe, read beside the loop."""

import queue
import threading
from typing import TextIO


class TypedLines:
    """Reads a text stream line by line in a thread of its own.

    One line is handed out at a time, so that each is answered in the state that the line
    before it left.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._read_all = threading.Event()
        threading.Thread(target=self._read, name="typed lines", daemon=True).start()

    def _read(self) -> None:
        try:
            for line in self._stream:
                if text := line.strip():
                    self._lines.put(text)
        except (OSError, ValueError):
            pass  # a closed terminal ends the lines like an end of file
        finally:
            self._read_all.set()

    def take(self) -> list[str]:
        """The next line, if one came."""
        try:
            return [self._lines.get_nowait()]
        except queue.Empty:
            return []

    @property
    def ended(self) -> bool:
        """No further line can come."""
        return self._read_all.is_set() and self._lines.empty()
