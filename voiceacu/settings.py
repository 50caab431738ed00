"""What the person chose, in one frozen object that travels from the command line inwards."""

from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from voiceacu.content.files import data_folder


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices of one run.

    `language` is a folder of texts (points, commands, replies, number words); `points` and
    `phrases` replace or add single files. `microphone` and `loudspeaker` are names or parts of
    names; None is the system's default. `headphones` says that no echo can reach the
    microphone, `half_duplex` that commands are only taken while the assistant is silent.
    """

    language: Path = field(default_factory=data_folder)
    points: Path | None = None
    phrases: Path | None = None
    model: Path | None = None
    microphone: str | None = None
    loudspeaker: str | None = None
    night: bool = False
    headphones: bool = False
    half_duplex: bool = False
    journal: Path = field(default_factory=lambda: user_data_path("voiceacu") / "journal.db")
    cache: Path = field(default_factory=lambda: user_cache_path("voiceacu") / "speech")

    @property
    def points_file(self) -> Path:
        """The points file of this run."""
        return self.points or self.language / "points.yaml"
