from collections.abc import Iterator

import pytest

from .pulse import MISSING, Pulse


@pytest.fixture(scope="module")
def pulse() -> Iterator[Pulse]:
    """A sound server of our own, which PortAudio in this process sees too."""
    if MISSING:
        pytest.skip(f"no real sound path: {MISSING}")
    from voiceacu.audio.streams import CannotOpen, rescan  # noqa: PLC0415

    server = Pulse()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        try:
            server.start()
            rescan()
        except (CannotOpen, OSError, TimeoutError) as error:
            server.close()
            pytest.skip(f"no real sound path: {error}")
        yield server
        server.close()
